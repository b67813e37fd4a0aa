// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
public import RandomStreams

/// Which images or latents are to be read, and how they are to be used: what a user says of them.
public struct ImageRequest: Sendable, Hashable {
  /// The name of a known data set (see ``KnownImages``), a folder or a file.
  public var data: String
  /// The array of the labels in a file of named arrays, or another file of them.
  public var labels: String?
  /// The share that is held out for measurements where the data have no part for that.
  public var heldOut: Double?
  /// Images are made smaller by this factor; 1 leaves them.
  public var shrink: Int
  /// Whether training sees images mirrored half of the time.
  public var flips: Bool
  /// What latents are multiplied by, after the shift; nil is what their file says, or 1.
  public var latentScale: Double?
  /// What is taken off latents; nil is what their file says, or 0.
  public var latentShift: Double?

  public init(
    data: String, labels: String? = nil, heldOut: Double? = nil, shrink: Int = 1,
    flips: Bool = false, latentScale: Double? = nil, latentShift: Double? = nil
  ) {
    self.data = data
    self.labels = labels
    self.heldOut = heldOut
    self.shrink = shrink
    self.flips = flips
    self.latentScale = latentScale
    self.latentShift = latentShift
  }

  /// Reads the data.
  ///
  /// - Parameters:
  ///   - place: where they were found before, which is looked at first.
  ///   - roots: the folders under which known data sets are looked for.
  /// - Throws: ``ImageDataError``; what reading the files throws.
  public func read(
    from place: String? = nil, roots: [String] = KnownImages.systemFolders
  ) throws -> FoundImages {
    try validate()
    let known = KnownImages(rawValue: data)
    let path: String
    if let place, FileSystem.exists(place) {
      path = place
    } else {
      path = try known?.folder(under: roots) ?? data
    }
    guard FileSystem.exists(path) else { throw ImageDataError(path: path, problem: .nothing) }
    let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
    return try ImageReader(request: self, path: absolute, known: known).read()
  }

  private func validate() throws(ImageDataError) {
    func check(_ setting: String, _ value: String, _ isValid: Bool, _ accepted: String)
      throws(ImageDataError)
    {
      if !isValid {
        throw ImageDataError(
          path: data, problem: .setting(setting, value: value, accepted: accepted))
      }
    }
    try check("shrink", "\(shrink)", shrink >= 1, "a whole number from 1")
    if let heldOut {
      try check(
        "the share held out", "\(heldOut)", PointCloud.validShares.contains(heldOut),
        "a share from 0.01 to 0.9")
    }
    if let latentScale {
      try check(
        "the scale of latents", "\(latentScale)", latentScale > 0 && latentScale.isFinite,
        "a finite number above 0")
    }
    if let latentShift {
      try check(
        "the shift of latents", "\(latentShift)", latentShift.isFinite, "a finite number")
    }
  }
}

extension ImageRequest: Codable {
  private enum CodingKeys: String, CodingKey {
    case data, labels, heldOut, shrink, flips, latentScale, latentShift
  }

  /// Reads a request; what it leaves out is asked for as little as by a call.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      data: try values.decode(String.self, forKey: .data),
      labels: try values.decodeIfPresent(String.self, forKey: .labels),
      heldOut: try values.decodeIfPresent(Double.self, forKey: .heldOut),
      shrink: try values.decodeIfPresent(Int.self, forKey: .shrink) ?? 1,
      flips: try values.decodeIfPresent(Bool.self, forKey: .flips) ?? false,
      latentScale: try values.decodeIfPresent(Double.self, forKey: .latentScale),
      latentShift: try values.decodeIfPresent(Double.self, forKey: .latentShift))
  }
}

/// Images or latents that were read.
public struct FoundImages: Sendable {
  /// What training and measurements see.
  public let source: any DataSource
  /// What is known of them without their files.
  public let record: ImageRecord
}

/// What is known of images or latents without their files.
public struct ImageRecord: Sendable, Hashable, Codable {
  /// What the numbers are.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// Pixels, from −1 to 1 in the units of training.
    case images
    /// The numbers of an autoencoder's middle layer, of order one in the units of training.
    case latents
  }

  public var kind: Kind
  /// Where they lie; it decides no number.
  public var path: String
  /// Of all numbers and labels; of latents, of a part of them that is spread over the files.
  public var fingerprint: String
  /// `[C, H, W]`, after shrinking.
  public var shape: [Int]
  /// Images to train on.
  public var count: Int
  /// Images held out for measurements.
  public var heldOut: Int
  public var classCount: Int
  /// The classes by their labels; empty if they have no names.
  public var classNames: [String]
  public var units: ImageUnits
}

/// Images or latents of which only the record is at hand: a source that has a shape and classes, and no rows.
public struct RecordedImages: DataSource, Equatable {
  public let name: String
  public let record: ImageRecord

  public init(name: String, record: ImageRecord) {
    self.name = name
    self.record = record
  }

  public var pointShape: [Int] { record.shape }
  public var classCount: Int { record.classCount }
  public var measurementLimit: Int? { record.heldOut }

  /// - Precondition: never; the files must be read first.
  public func filler(seed: UInt64) -> RowFiller<Float> { unread() }
  /// - Precondition: never; the files must be read first.
  public func filler(seed: UInt64) -> RowFiller<Double> { unread() }
  /// - Precondition: never; the files must be read first.
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) { unread() }
  /// - Precondition: never; the files must be read first.
  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] { unread() }

  private func unread() -> Never { preconditionFailure("the images of \(name) were not read") }
}
