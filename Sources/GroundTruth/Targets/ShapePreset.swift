// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The uniform shapes of the plane that experiments can name.
public enum ShapePreset: String, CaseIterable, Sendable, Codable {
  case checkerboard
  /// The board in the size that is usual for toy data, squares of side 2.
  case wideCheckerboard = "wide-checkerboard"
  case frame
  case plus

  /// One line for lists and help.
  public var summary: String {
    switch self {
    case .checkerboard: return "the 8 dark squares of a 4 x 4 board on [-1, 1]^2, a class a square"
    case .wideCheckerboard: return "the same board on [-4, 4]^2, as is usual for toy data"
    case .frame: return "a square frame of width 0.4 on [-1, 1]^2, a class a side"
    case .plus: return "a plus of width 0.5 on [-1, 1]^2, a class for the centre and for each arm"
    }
  }

  public func target() throws(UniformBoxesError) -> UniformBoxes {
    switch self {
    case .checkerboard:
      return try .checkerboard()
    case .wideCheckerboard:
      return try .checkerboard(name: rawValue, halfWidth: 4)
    case .frame:
      // Each side takes one corner.
      return try UniformBoxes(
        name: rawValue, lower: [[-1, -1], [0.6, -1], [-0.6, 0.6], [-1, -0.6]],
        upper: [[0.6, -0.6], [1, 0.6], [1, 1], [-0.6, 1]])
    case .plus:
      return try UniformBoxes(
        name: rawValue,
        lower: [[-0.25, -0.25], [0.25, -0.25], [-0.25, 0.25], [-1, -0.25], [-0.25, -1]],
        upper: [[0.25, 0.25], [1, 0.25], [0.25, 1], [-0.25, 0.25], [0.25, -0.25]])
    }
  }
}

extension UniformBoxes {
  /// Every other square of a board of the plane, each its own class, column by column from below.
  ///
  /// - Parameters:
  ///   - name: for titles and files.
  ///   - squares: the number of squares along a side, at least 2.
  ///   - halfWidth: the board covers `[−halfWidth, halfWidth]²`.
  public static func checkerboard(
    name: String = "checkerboard", squares: Int = 4, halfWidth: Double = 1
  ) throws(UniformBoxesError) -> UniformBoxes {
    precondition(squares >= 2, "a checkerboard has two squares a side or more, got \(squares)")
    let edges = (0...squares).map { halfWidth * (2 * Double($0) / Double(squares) - 1) }
    let places = (0..<squares).flatMap { column in
      (0..<squares).filter { ($0 + column).isMultiple(of: 2) }.map { (column, $0) }
    }
    return try UniformBoxes(
      name: name, lower: places.map { [edges[$0.0], edges[$0.1]] },
      upper: places.map { [edges[$0.0 + 1], edges[$0.1 + 1]] },
      weights: places.map { _ in 1 })
  }
}
