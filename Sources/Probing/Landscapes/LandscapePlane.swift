// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import LinearAlgebra
public import Networks
internal import Tensors

/// A plane of parameter space with what a reader must know of how it was laid.
public struct LandscapePlane: Sendable, Equatable {
  public enum Kind: String, CaseIterable, Sendable, Codable {
    /// Along the Hessian's eigenvectors of the two largest eigenvalues.
    case eigenvectors
    /// Along two random directions.
    case random
    /// Along two random directions, each filter as long as the network's (arXiv 1712.09913).
    case filter
    /// Along the principal axes of the way training took.
    case path
    /// Through the parameters of several runs.
    case runs
  }

  /// How the plane was laid, for captions and files.
  public struct Origin: Sendable, Equatable, Codable {
    public var kind: Kind
    /// The Hessian's eigenvalues along the axes and the residuals of the eigenvectors.
    public var eigenvalues: [Double] = []
    public var residuals: [Double] = []
    public var isConverged = true
    /// The shares of the way's extent along the axes.
    public var explainedShares: [Double] = []
    public var seed: UInt64 = 0
    /// How far in parameter space a unit of each coordinate is.
    public var unitLengths: [Double]

    /// The scale of the coordinates in words.
    public var normalization: String {
      switch kind {
      case .eigenvectors, .random, .path, .runs: return "unit axes"
      case .filter: return "filter-normalised axes"
      }
    }
  }

  public let plane: ParameterPlane
  public let origin: Origin

  private init(_ plane: ParameterPlane, _ kind: Kind, edit: (inout Origin) -> Void = { _ in }) {
    self.plane = plane
    var origin = Origin(kind: kind, unitLengths: plane.unitLengths)
    edit(&origin)
    self.origin = origin
  }

  /// The plane of the two largest eigenvalues of a symmetric operator, by Lanczos.
  ///
  /// - Throws: `LinearAlgebraError`, `PlaneError`.
  public static func eigenvectors(
    of hessian: some LinearOperator, center: [Double], settings: KrylovSettings
  ) throws -> LandscapePlane {
    let pairs = try lanczos(hessian, .largest(2), settings: settings)
    // An eigenvector has no sign: the largest entry is made positive, so that pictures agree.
    let axes = pairs.eigenvectors.map { vector in
      let largest = vector.max { abs($0) < abs($1) } ?? 0
      return largest < 0 ? vector.map { -$0 } : vector
    }
    let plane = try ParameterPlane(center: center, first: axes[0], second: axes[1])
    return LandscapePlane(plane, .eigenvectors) {
      $0.eigenvalues = pairs.eigenvalues
      $0.residuals = pairs.residuals
      $0.isConverged = pairs.isConverged
      $0.seed = settings.seed
    }
  }

  /// A plane along two random directions.
  public static func random(center: [Double], seed: UInt64) throws -> LandscapePlane {
    let axes = (0..<2).map { randomDirection(dimension: center.count, seed: seed, index: $0) }
    return LandscapePlane(
      try ParameterPlane(center: center, first: axes[0], second: axes[1]), .random
    ) { $0.seed = seed }
  }

  /// A plane along two random directions, filter-normalised.
  ///
  /// - Throws: `PlaneError` if the network has no weights.
  public static func filterNormalized(
    center: [Double], layout: ParameterLayout, seed: UInt64
  ) throws -> LandscapePlane {
    let filters = UnitFilters(layout)
    let axes = (0..<2).map {
      filters.normalized(
        randomDirection(dimension: center.count, seed: seed, index: $0), parameters: center)
    }
    return LandscapePlane(
      try ParameterPlane(center: center, first: axes[0], second: axes[1], keepsLengths: true),
      .filter
    ) { $0.seed = seed }
  }

  /// The plane through the end of a way along its two directions of largest extent.
  ///
  /// - Throws: `PlaneError` for a way of fewer than three points, or along a line.
  public static func path(_ points: [[Double]]) throws -> LandscapePlane {
    let axes = try PathPrincipalAxes(path: points)
    return LandscapePlane(axes.plane, .path) {
      $0.explainedShares = Array(axes.explainedShares.prefix(2))
    }
  }

  /// The plane through three points, about their mean; the first axis leads from the first point to the
  /// second.
  ///
  /// - Throws: `PlaneError` for points on a line or of different lengths.
  public static func through(
    _ first: [Double], _ second: [Double], _ third: [Double]
  ) throws -> LandscapePlane {
    for (name, point) in [("second", second), ("third", third)] where point.count != first.count {
      throw PlaneError.lengthMismatch(vector: name, expected: first.count, found: point.count)
    }
    let center = first.indices.map { (first[$0] + second[$0] + third[$0]) / 3 }
    return LandscapePlane(
      try ParameterPlane(
        center: center, first: zip(second, first).map { $0 - $1 },
        second: zip(third, first).map { $0 - $1 }), .runs)
  }
}

/// The filters of a network: for each unit of each layer the weights into it, which a weight of shape
/// `[in, out]` holds in a column.
private struct UnitFilters {
  /// Places in the parameter vector, filter by filter, then all others.
  private var order: [Int] = []
  private var ranges: [Range<Int>] = []

  init(_ layout: ParameterLayout) {
    var others: [Int] = []
    for entry in layout.entries {
      guard entry.shape.rank == 2 else {
        others += entry.offset..<entry.offset + entry.shape.count
        continue
      }
      let (inputs, outputs) = (entry.shape[0], entry.shape[1])
      for unit in 0..<outputs {
        ranges.append(order.count..<order.count + inputs)
        order += (0..<inputs).map { entry.offset + $0 * outputs + unit }
      }
    }
    order += others
  }

  func normalized(_ direction: [Double], parameters: [Double]) -> [Double] {
    let scaled = filterNormalized(
      order.map { direction[$0] }, parameters: order.map { parameters[$0] }, filters: ranges)
    var result = direction
    for (place, index) in order.enumerated() { result[index] = scaled[place] }
    return result
  }
}
