// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Files
internal import Networks
internal import Training

/// A picture of samples: a row for each class, and beside each other a panel of columns for each count of steps, in which
/// the same noise stands at the same place.
public struct GalleryPlan: Sendable, Equatable {
  /// The class of each row; nil if the network is told none.
  public let classes: [Int]?
  public let rows: Int
  /// Samples of a row in a panel.
  public let columns: Int
  /// A panel for each.
  public let steps: [Int]
  /// Screen pixels of a side of a sample's pixel.
  public let enlargement: Int
  /// What the samples are.
  public let images: ImageRecord

  /// The numbers of samples that a panel may have.
  public static let validCounts = 1...16_384
  /// The enlargements that are accepted.
  public static let validEnlargements = 1...32
  /// Rows where the network is told no class.
  public static let rowsWithoutClass = 10

  /// - Precondition: sizes are positive, and a panel has a number of samples in ``validCounts``.
  public init(
    classes: [Int]?, columns: Int = 10, steps: [Int], enlargement: Int = 2, images: ImageRecord
  ) {
    let rows = classes?.count ?? Self.rowsWithoutClass
    precondition(
      rows > 0 && columns > 0 && Self.validCounts.contains(rows * columns),
      "\(rows) rows of \(columns) samples")
    precondition(
      !steps.isEmpty && steps.allSatisfy { $0 > 0 }
        && Self.validEnlargements.contains(enlargement),
      "the steps \(steps) and the enlargement \(enlargement)")
    self.classes = classes
    self.rows = rows
    self.columns = columns
    self.steps = steps
    self.enlargement = enlargement
    self.images = images
  }

  /// What shows how a training comes on: one, two and four steps, of the first classes; nil if the source is not of
  /// images.
  init?(progressOf run: ResolvedRun) {
    guard let images = run.source.images else { return nil }
    let classCount = run.configuration.network.classCount
    self.init(
      classes: classCount > 0 ? Array(0..<min(classCount, Self.rowsWithoutClass)) : nil,
      columns: 8, steps: [1, 2, 4], images: images)
  }

  /// Samples of a panel.
  public var count: Int { rows * columns }

  /// The class of each sample of a panel, row by row.
  public var labels: [Int]? {
    classes?.flatMap { Array(repeating: $0, count: columns) }
  }

  /// The picture.
  ///
  /// - Parameters:
  ///   - panels: the samples of each panel in the units of training, row by row.
  ///   - decoder: makes images of samples that are latents.
  /// - Throws: `EngineError`.
  public func image(_ panels: [[Double]], decoder: LatentDecoder? = nil) throws -> PNGImage {
    guard let decoder else {
      return ImageGrid(images: images, rows: rows, columns: columns, enlargement: enlargement)
        .image(panels)
    }
    let units = images.units.standardization(dimension: images.shape.reduce(1, *))
    return ImageGrid(
      shape: decoder.imageShape, kind: .images, rows: rows, columns: columns,
      enlargement: enlargement
    ).image(try panels.map { try decoder.images(ofRaw: units.undone($0)) })
  }
}
