// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How the noise of a batch meets its data: a function of the whole batch, applied once both are drawn.
public enum Coupling: String, CaseIterable, Sendable, Codable {
  /// Each point with the noise of its row, independent of it.
  case independent

  /// Puts the noise of a batch into the order in which it meets the points.
  ///
  /// - Parameters:
  ///   - noise: `rows × d`, row-major.
  ///   - points: the data, likewise.
  public func arrange<Scalar>(
    noise: UnsafeMutableBufferPointer<Scalar>, for points: UnsafeBufferPointer<Scalar>
  ) {
    switch self {
    case .independent: break
    }
  }
}
