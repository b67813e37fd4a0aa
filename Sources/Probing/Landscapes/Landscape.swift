// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
public import Training

/// The grid of a landscape and everything its values depend on.
public struct LandscapeSettings: Sendable, Equatable, Codable {
  /// The sides a grid may have.
  public static let validSides = 2...1001

  /// The loss: its run, checkpoint and objective.
  public let subject: ProbeSubject
  public let batch: ProbeBatch
  public let precision: Precision
  public let origin: LandscapePlane.Origin
  /// The plane's centre and axes in a number, to tell planes apart.
  public let fingerprint: String
  /// Half the side of the square about the plane's centre, in its coordinates.
  public let radius: Double
  /// Points along a side.
  public let side: Int

  /// - Throws: ``ProbeError`` for a radius that is not positive or a side outside ``validSides``.
  public init(
    subject: ProbeSubject, batch: ProbeBatch, precision: Precision, plane: LandscapePlane,
    radius: Double, side: Int
  ) throws {
    guard radius > 0 && radius.isFinite else {
      throw ProbeError.setting("radius", value: "\(radius)", accepted: "a finite number above 0")
    }
    guard Self.validSides.contains(side) else {
      throw ProbeError.setting(
        "side", value: "\(side)",
        accepted: "a whole number from \(Self.validSides.lowerBound) to "
          + "\(Self.validSides.upperBound)")
    }
    self.subject = subject
    self.batch = batch
    self.precision = precision
    origin = plane.origin
    fingerprint = Self.fingerprint(plane.plane)
    self.radius = radius
    self.side = side
  }

  /// The coordinate of a column, or of a row.
  public func coordinate(_ index: Int) -> Double {
    // The middle of an odd number of points is the centre itself.
    radius * (2 * Double(index) - Double(side - 1)) / Double(side - 1)
  }

  /// Over the bits of the plane.
  private static func fingerprint(_ plane: ParameterPlane) -> String {
    var fingerprint = Fingerprint()
    for vector in [plane.center] + plane.axes + [plane.unitLengths] { fingerprint.add(vector) }
    return fingerprint.shortText
  }
}

/// The way of a training run seen from a plane.
public struct ProjectedPath: Sendable, Equatable, Codable {
  public struct Point: Sendable, Equatable, Codable {
    public let step: Int
    public let first: Double
    public let second: Double
    /// The distance from the plane, in parameter space.
    public let distance: Double
  }

  public var label: String
  public let points: [Point]

  /// - Precondition: the parameters are as many as the plane's.
  public init(
    _ label: String, path: [(step: Int, parameters: [Double])], on plane: ParameterPlane
  ) {
    self.label = label
    points = path.map { step, parameters in
      let place = plane.projection(of: parameters)
      return Point(
        step: step, first: place.first, second: place.second, distance: place.distance)
    }
  }

  /// The largest magnitude of a coordinate.
  public var extent: Double { points.map { max(abs($0.first), abs($0.second)) }.max() ?? 0 }
}

/// A loss on a square grid of a plane of parameter space.
public struct Landscape: Sendable, Equatable, Codable {
  public let settings: LandscapeSettings
  public let paths: [ProjectedPath]
  /// Finished rows from the lowest second coordinate up, each from the lowest first coordinate; infinite or
  /// not a number where the loss is.
  public private(set) var rows: [[Double]]

  init(settings: LandscapeSettings, paths: [ProjectedPath]) {
    self.settings = settings
    self.paths = paths
    rows = []
  }

  public var isComplete: Bool { rows.count == settings.side }

  /// All values, row by row.
  public var values: [Double] { rows.flatMap { $0 } }

  mutating func append(_ row: [Double]) { rows.append(row) }
}

// MARK: - Files

extension Landscape {
  /// Reads a landscape, which may be unfinished.
  ///
  /// - Throws: `FileError`, ``ProbeError/notALandscape(path:detail:)``.
  public init(contentsOf path: String) throws {
    let data = try FileSystem.contents(of: path)
    do {
      self = try JSON.decode(from: data, path: path)
    } catch {
      throw ProbeError.notALandscape(path: path, detail: codingDetail(of: error))
    }
    let isWhole = rows.count <= settings.side && rows.allSatisfy { $0.count == settings.side }
    guard isWhole else {
      throw ProbeError.notALandscape(
        path: path, detail: "its rows do not fit a grid of \(settings.side) points a side")
    }
  }

  /// Writes the landscape whole or not at all.
  public func write(to path: String) throws {
    try AtomicFile.write(try JSON.line(self), to: path)
  }
}
