// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a file was refused as an array in NumPy's format.
public struct NumpyArrayError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong. Texts are excerpts of the file, in quotes.
  public enum Problem: Error, Sendable, Hashable {
    /// The file is something else.
    case wrongKind(FileKind)
    /// The version of the format is not known.
    case version(major: UInt8, minor: UInt8)
    /// The file ends before its header does.
    case truncatedHeader(length: Int, needed: Int)
    /// The header is not of the form the format prescribes.
    case malformedHeader(String)
    /// The elements are Python objects, stored as a program that rebuilds them.
    case pickled
    /// The elements have named fields.
    case structured(String)
    /// The elements are of a type that is not read.
    case elementType(String)
    /// The header does not say in which order the bytes of an element stand.
    case byteOrder(String)
    /// There are more elements or dimensions than can be counted.
    case shape([Int])
    /// The file ends before its elements do.
    case truncatedData(length: Int, needed: Int)
    /// There are bytes after the elements.
    case trailingData(length: Int, needed: Int)
    /// The first extent is the densest, where elements are used as they lie in the file.
    case columnMajor
    /// The bytes of an element stand in the other order, where elements are used as they lie in the file.
    case bigEndian
    /// An integer is not sure to be a double.
    case largeInteger(String, indices: [Int])
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

  public var description: String { "\(path): \(problem)." }
}

extension NumpyArrayError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind(.zipArchive):
      "this is a zip archive, where one array (.npy) is expected; save each array of an .npz by "
        + "itself, with numpy.save"
    case .wrongKind(let kind):
      "this is \(kind), where a NumPy array (.npy, as numpy.save writes it) is expected"
    case .version(let major, let minor):
      "version \(major).\(minor) of the format is not known; accepted are 1.0, 2.0 and 3.0"
    case .truncatedHeader(let length, let needed):
      "the file is cut off: it has \(length) bytes, and its header ends at \(needed)"
    case .malformedHeader(let detail):
      "the header is not valid (\(detail)); accepted is what numpy.save writes"
    case .pickled:
      "the elements are pickled Python objects, which could run any code; \(Self.accepted)"
    case .structured(let text):
      "the elements have named fields (\(text)); \(Self.accepted), so save each field by itself"
    case .elementType(let text):
      "the elements are of the type \(text); \(Self.accepted)"
    case .byteOrder(let text):
      "the type \(text) states no byte order; accepted are \"<\" and \">\" before it"
    case .shape(let shape):
      "the shape \(shape) has more elements or dimensions than can be held"
    case .truncatedData(let length, let needed):
      "the file is cut off: it has \(length) bytes of elements, and its shape needs \(needed)"
    case .trailingData(let length, let needed):
      "\(length - needed) bytes follow the elements, where the file should end; accepted is one "
        + "array in a file"
    case .columnMajor:
      "the elements stand in column-major order; accepted is what numpy.save writes of "
        + "numpy.ascontiguousarray(array)"
    case .bigEndian:
      "the elements are big-endian; accepted are little-endian ones, as numpy.save writes of "
        + "array.astype(array.dtype.newbyteorder(\"<\"))"
    case .largeInteger(let text, let indices):
      "the element \(indices) is \(text); integers are accepted up to 2^53, beyond which a double "
        + "does not hold each"
    }
  }

  private static let accepted =
    "accepted are real numbers and booleans ("
    + NumpyArray.ElementType.allCases.map(\.rawValue).joined(separator: ", ") + ")"
}
