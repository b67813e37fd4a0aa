// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The header of an array in NumPy's format: a Python dictionary of three entries, in text.
struct NumpyHeader {
  typealias Problem = NumpyArrayError.Problem

  let elementType: NumpyArray.ElementType
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let shape: [Int]

  /// NumPy itself knows no more.
  static let dimensionLimit = 64

  /// The names of the entries.
  enum Entry: String, CaseIterable {
    case type = "descr"
    case order = "fortran_order"
    case shape
  }

  /// A header from its text.
  init(_ text: some Collection<UInt8>) throws(Problem) {
    var reader = PythonLiteralReader(text)
    var type: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try reader.expect("{")
    while !reader.skips("}") {
      let name = try reader.string()
      guard let entry = Entry(rawValue: name) else {
        throw .malformedHeader("there is an entry \(excerpt(name.utf8))")
      }
      try reader.expect(":")
      switch entry {
      case .type where type == nil: type = try Self.type(&reader)
      case .order where isColumnMajor == nil: isColumnMajor = try reader.bool()
      case .shape where shape == nil: shape = try reader.tuple(limit: Self.dimensionLimit)
      default: throw .malformedHeader("the entry \"\(name)\" occurs twice")
      }
      if !reader.skips(",") {
        try reader.expect("}")
        break
      }
    }
    try reader.expectEnd()
    guard let type else { throw Self.missing(.type) }
    guard let isColumnMajor else { throw Self.missing(.order) }
    guard let shape else { throw Self.missing(.shape) }
    (elementType, isBigEndian) = try Self.elementType(type)
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }

  private static func missing(_ entry: Entry) -> Problem {
    .malformedHeader("the entry \"\(entry.rawValue)\" is missing")
  }

  private static func type(_ reader: inout PythonLiteralReader) throws(Problem) -> String {
    // Fields with names stand in a list, a field that is an array in a tuple.
    if reader.isNext("[") || reader.isNext("(") { throw .structured(reader.excerptOfRest) }
    return try reader.string()
  }

  /// The type and byte order of a name such as `<f8`.
  private static func elementType(
    _ name: String
  ) throws(Problem) -> (NumpyArray.ElementType, isBigEndian: Bool) {
    let order = name.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let kind = order == nil ? name : String(name.dropFirst())
    if kind.first == "O" { throw .pickled }
    guard let type = NumpyArray.ElementType(rawValue: kind) else {
      let text = excerpt(name.utf8)
      throw .elementType(words(kind).map { "\(text), \($0)" } ?? text)
    }
    guard type.size == 1 || order == "<" || order == ">" else {
      throw .byteOrder(excerpt(name.utf8))
    }
    return (type, order == ">")
  }

  /// What a type that is not read is, in words.
  private static func words(_ kind: String) -> String? {
    switch kind.first {
    case "c": "complex numbers"
    case "f": "floating-point numbers of another size"
    case "U", "S", "a": "text"
    case "M": "dates"
    case "m": "durations"
    case "V": "raw bytes"
    default: nil
    }
  }
}
