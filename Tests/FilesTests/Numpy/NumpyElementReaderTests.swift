// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct NumpyElementReaderTests {
  private static let names =
    NumpyArray.ElementType.allCases.filter { $0 != .bool }.flatMap { type in
      ["little-C", "big-F"].map { "\(type.rawValue)-\($0)" }
    } + ["f8-little-F", "f8-big-C", "i4-little-F", "i4-big-C"]

  @Test("every type is read right in each order of bytes and of dimensions", arguments: names)
  func types(name: String) throws {
    let array = try NumpyArray(contentsOf: NumpyFixture.path(name))
    let type = array.elementType
    let numbers = (0..<12).map { Double(type.rawValue.first == "u" ? $0 : $0 - 5) }
    let scale =
      switch type {
      case .int64, .uint64: 1_000_000_007.0
      case .float16, .float32, .float64: 0.125
      default: 1.0
      }
    #expect(name.hasPrefix(type.rawValue))
    #expect(array.shape == [3, 4])
    #expect(array.values == numbers.map { $0 * scale })
  }

  @Test("arrays of three dimensions are transposed too", arguments: ["cube-F", "cube-big-F"])
  func cube(name: String) throws {
    let array = try NumpyArray(contentsOf: NumpyFixture.path(name))
    #expect(array.shape == [2, 3, 4])
    #expect(array.values == (0..<24).map(Double.init))
  }

  @Test("booleans, a single number, a vector and nothing")
  func smallArrays() throws {
    let bools = try NumpyArray(contentsOf: NumpyFixture.path("b1"))
    let scalar = try NumpyArray(contentsOf: NumpyFixture.path("scalar"))
    let vector = try NumpyArray(contentsOf: NumpyFixture.path("vector"))
    let empty = try NumpyArray(contentsOf: NumpyFixture.path("empty"))
    #expect(bools.values == [1, 0, 0, 1] && bools.elementType == .bool)
    #expect(scalar.values == [2.5] && scalar.shape == [])
    #expect(vector.values == [0, 1, 2, 3, 4] && vector.shape == [5])
    #expect(empty.values == [] && empty.shape == [0, 2])
    #expect(scalar.indices(ofElement: 0) == [])
  }

  @Test("extremes keep their bits")
  func extremes() throws {
    let halves = try NumpyArray(contentsOf: NumpyFixture.path("half-extremes")).values
    #expect(halves[0] == 65504 && halves[1] == 0x1p-24 && halves[2] == -0x3EFp-24)
    #expect(halves[3] == .infinity && halves[4] == -.infinity && halves[5].isNaN)
    #expect(halves[6] == 0 && halves[6].sign == .minus && halves[7] == 0x1.554p-2)
    let doubles = try NumpyArray(contentsOf: NumpyFixture.path("double-extremes")).values
    #expect(doubles[0] == .leastNonzeroMagnitude && doubles[1] == .greatestFiniteMagnitude)
    #expect(doubles[2].isNaN && doubles[3] == -.infinity)
  }

  @Test("all half-precision numbers have the sum that NumPy finds")
  func halves() throws {
    let bytes = (UInt16.min...UInt16.max).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let header = NumpyFixture.header("<f2", "False", "(65536,)")
    let values = try NumpyArray(
      data: NumpyFixture.file(header: header, elements: bytes), path: "a"
    ).values
    #expect(values.filter(\.isFinite).map(abs).reduce(0, +) == 201_261_055.875)
    #expect(values.filter(\.isNaN).count == 2 * 1023)
    #expect(zip(values, values.dropFirst(0x8000)).allSatisfy { $0.isNaN || $0 == -$1 })
  }

  @Test("integers are read up to 2^53, and refused beyond with their place")
  func largeIntegers() throws {
    let array = try NumpyArray(contentsOf: NumpyFixture.path("integers-2-53"))
    #expect(array.values == [0x1p53, -0x1p53])
    for (name, text, indices) in [
      ("integers-beyond", "9007199254740993", [1, 1]),
      ("integers-beyond-F", "-9223372036854775808", [1, 0]),
      ("integers-unsigned", "18446744073709551615", [0]),
    ] {
      let path = try NumpyFixture.path(name)
      let problem = NumpyArrayError.Problem.largeInteger(text, indices: indices)
      #expect(throws: NumpyArrayError(path: path, problem: problem)) {
        try NumpyArray(contentsOf: path)
      }
    }
  }
}
