// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Training

extension Landscape {
  /// Computes a landscape row by row.
  ///
  /// With a file every finished row is written, the file always being a whole landscape; one that holds the
  /// first rows of the same landscape is continued, and comes out bit for bit as if it had been computed at
  /// once.
  ///
  /// - Parameters:
  ///   - settings: those of the probe and the plane.
  ///   - probe: the loss; its parameters are moved over the plane, and put back.
  ///   - file: where rows are kept.
  ///   - onRow: called with the number of finished rows, at first with those the file held.
  ///   - shouldStop: asked after every row; the rest is left for another time.
  /// - Returns: the landscape, complete unless it was stopped.
  /// - Throws: ``ProbeError/landscapeExists(path:)`` for a file with another landscape, `FileError`.
  public static func compute<Scalar: TrainingScalar>(
    _ settings: LandscapeSettings, plane: ParameterPlane, probe: LossProbe<Scalar>,
    paths: [ProjectedPath] = [], file: String? = nil, onRow: (Int) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Landscape {
    precondition(
      plane.center.count == probe.dimension && settings.batch == probe.batch,
      "the settings are those of another plane or batch")
    var landscape = Landscape(settings: settings, paths: paths)
    if let file, FileSystem.exists(file) {
      let earlier = try Landscape(contentsOf: file)
      guard earlier.settings == settings, earlier.paths == paths else {
        throw ProbeError.landscapeExists(path: file)
      }
      landscape = earlier
    }
    onRow(landscape.rows.count)
    let kept = probe.parameters
    defer { probe.parameters = kept }
    var point = plane.center
    while !landscape.isComplete {
      let second = settings.coordinate(landscape.rows.count)
      var row: [Double] = []
      row.reserveCapacity(settings.side)
      for column in 0..<settings.side {
        plane.write(settings.coordinate(column), second, into: &point)
        probe.parameters = point
        row.append(try probe.loss())
      }
      landscape.append(row)
      if let file { try landscape.write(to: file) }
      onRow(landscape.rows.count)
      if shouldStop() { break }
    }
    return landscape
  }
}
