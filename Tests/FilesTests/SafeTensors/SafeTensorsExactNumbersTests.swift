// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct SafeTensorsExactNumbersTests {
  /// The numbers of a file with one tensor of the given bytes.
  private func numbers(_ type: TensorElementType, _ bytes: [UInt8]) throws -> [Double] {
    let count = bytes.count / type.size
    let header =
      "{\"a\":{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(count)],\"data_offsets\":[0,\(bytes.count)]}}"
    let data =
      Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8) + Data(bytes)
    let file = try SafeTensors(data: data, path: "f")
    return try #require(file["a"]).exactNumbers(name: "a", path: "f")
  }

  @Test(
    "each element type gives its numbers",
    arguments: [
      (TensorElementType.float64, [0, 0, 0, 0, 0, 0, 0xF8, 0xBF], [-1.5]),
      (.float32, [0, 0, 0xC0, 0x3F], [1.5]), (.float16, [0, 0x3E, 0, 0xBC], [1.5, -1]),
      (.brainFloat16, [0xC0, 0x3F], [1.5]),
      (.int64, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [-2]),
      (.int32, [1, 1, 0, 0], [257]), (.int16, [0xFF, 0xFF], [-1]), (.int8, [0x80, 1], [-128, 1]),
      (.uint64, [0, 0, 0, 0, 0, 0, 0x20, 0], [0x1p53]), (.uint32, [0, 0, 0, 0x80], [0x1p31]),
      (.uint16, [0xFF, 0xFF], [65535]), (.uint8, [255], [255]), (.bool, [0, 1], [0, 1]),
    ] as [(TensorElementType, [UInt8], [Double])])
  func types(type: TensorElementType, bytes: [UInt8], expected: [Double]) throws {
    #expect(try numbers(type, bytes) == expected)
  }

  @Test("an integer that a double may not hold is refused with its index")
  func largeInteger() {
    let bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x20, 0]
    for type in [TensorElementType.int64, .uint64] {
      #expect(
        throws: SafeTensorsError(
          path: "f", tensor: "a", problem: .largeInteger("9007199254740993", index: 1))
      ) { try numbers(type, bytes) }
    }
  }

  @Test("a tensor that is missing or of another shape is named")
  func refusals() throws {
    var file = SafeTensors()
    file["a"] = SafeTensors.Tensor([Float(0.1), -3], shape: [1, 2])
    #expect(try file.exactNumbers("a", shape: [1, 2], path: "f") == [Double(Float(0.1)), -3])
    #expect(throws: SafeTensorsError(path: "f", tensor: "b", problem: .missing)) {
      try file.exactNumbers("b", shape: [2], path: "f")
    }
    #expect(
      throws: SafeTensorsError(
        path: "f", tensor: "a", problem: .unexpectedShape(found: [1, 2], expected: [2]))
    ) { try file.exactNumbers("a", shape: [2], path: "f") }
  }
}
