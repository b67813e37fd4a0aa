// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A file that is not valid in the safetensors format.
public struct SafeTensorsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// The file is shorter than the header length and the header it announces.
    case truncatedHeader(length: Int, needed: UInt64)
    /// The header is longer than the format allows.
    case headerTooLong(UInt64)
    /// The header is not JSON of the form the format prescribes.
    case malformedHeader(String)
    /// The element type is not known.
    case elementType(String)
    /// An extent is below zero, or there are too many elements to count.
    case shape([Int])
    /// The offsets are not a range of bytes of the size that shape and element type call for.
    case offsets([Int], needed: Int)
    /// The bytes overlap those of another tensor.
    case overlap(with: String)
    /// No tensor uses the bytes before those of this one, or after the last one.
    case unusedBytes(Range<Int>)
    /// The file ends before the tensor does.
    case truncatedData(length: Int, needed: Int)
    /// A tensor that is needed is not there.
    case missing
    /// A tensor that is needed has another element type.
    case unexpectedType(found: TensorElementType, expected: TensorElementType)
    /// A tensor that is needed has another shape.
    case unexpectedShape(found: [Int], expected: [Int])
    /// An integer is not sure to be a double; the index counts the elements in row-major order.
    case largeInteger(String, index: Int)
  }

  /// The file.
  public let path: String

  /// The tensor concerned, if it is one.
  public let tensor: String?

  /// What is wrong.
  public let problem: Problem

  /// An error about a file and possibly a tensor in it.
  public init(path: String, tensor: String? = nil, problem: Problem) {
    self.path = path
    self.tensor = tensor
    self.problem = problem
  }

  public var description: String {
    let place = tensor.map { "\(path), tensor \"\($0)\"" } ?? path
    return "\(place): \(problem)."
  }
}

extension SafeTensorsError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncatedHeader(let length, let needed):
      "the file has \(length) bytes, but its header ends at byte \(needed); "
        + "it is cut off or not a safetensors file"
    case .headerTooLong(let length):
      "the header has \(length) bytes; accepted are up to \(SafeTensorsDirectory.longestHeader)"
    case .malformedHeader(let detail):
      "the header is not valid (\(detail))"
    case .elementType(let name):
      "the element type \"\(name)\" is not known; known are "
        + TensorElementType.allCases.map(\.rawValue).joined(separator: ", ")
    case .shape(let shape):
      "the shape \(shape) is not possible"
    case .offsets(let offsets, let needed):
      "the data offsets \(offsets) are not a range of \(needed) bytes"
    case .overlap(let other):
      "its bytes overlap those of \"\(other)\""
    case .unusedBytes(let range):
      "bytes \(range.lowerBound) to \(range.upperBound) of the data belong to no tensor"
    case .truncatedData(let length, let needed):
      "the file is cut off: it has \(length) bytes of data, the tensor ends at \(needed)"
    case .missing:
      "there is no such tensor"
    case .unexpectedType(let found, let expected):
      "the elements are \(found.rawValue), but \(expected.rawValue) are needed"
    case .unexpectedShape(let found, let expected):
      "the shape is \(found), but \(expected) is needed"
    case .largeInteger(let text, let index):
      "element \(index) is \(text); integers are accepted up to 2^53, beyond which a double does not "
        + "hold each"
    }
  }
}
