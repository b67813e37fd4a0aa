// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A file that is no image of the kind that is read.
public struct PNGError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Error, Sendable, Hashable {
    /// The file does not begin as a PNG file does.
    case notPNG
    /// Colours stand in a palette.
    case palette
    /// A channel has 16 bits.
    case sixteenBits
    /// Pixels are more or less transparent.
    case transparency
    /// A side is too long.
    case size(width: Int, height: Int)
    /// The file is cut off or not as it was written.
    case damaged(String)
  }

  /// The file.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// An error about a file.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(words)." }

  private var words: String {
    switch problem {
    case .notPNG: "this is no PNG file; \(Self.accepted)"
    case .palette: "the colours stand in a palette; \(Self.accepted)"
    case .sixteenBits: "the channels have 16 bits; \(Self.accepted)"
    case .transparency: "the image has a channel of transparency; \(Self.accepted)"
    case .size(let width, let height):
      "the image has \(width) by \(height) pixels; accepted are sides of at most 32768"
    case .damaged(let words): "the file is cut off or damaged (\(words))"
    }
  }

  private static let accepted =
    "accepted are PNG files of 8 bits a channel, grey or in red, green and blue"
}
