// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// Why a figure could not be written. Every case names the file.
public enum PlottingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The operating system refused to write the file.
  case file(FileError)
  /// The renderer failed; `cause` is its message.
  case rendering(path: String, cause: String)
  /// A picture of this many pixels cannot be made.
  case size(path: String, width: Double, height: Double, largest: Int)

  public var description: String {
    switch self {
    case .file(let error):
      return "figure: \(error)"
    case .rendering(let path, let cause):
      return "\(path): the renderer failed: \(cause)"
    case .size(let path, let width, let height, let largest):
      return "\(path): a picture of \(width) x \(height) pixels cannot be made; "
        + "each side must lie between 1 and \(largest)"
    }
  }
}
