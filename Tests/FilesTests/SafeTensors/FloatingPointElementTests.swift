// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct FloatingPointElementTests {
  /// The numbers a tensor of a type holds.
  private func stored(_ values: [Double], as type: FloatingPointElement) throws -> [Double] {
    let tensor = SafeTensors.Tensor(values, shape: [values.count], as: type)
    #expect(tensor.elementType == type.elementType)
    return try tensor.exactNumbers(name: "a", path: "f")
  }

  @Test("every number of a short type is stored as its own bits", arguments: [5, 8])
  func everyShortNumber(exponentBits: Int) throws {
    let type: FloatingPointElement = exponentBits == 5 ? .float16 : .brainFloat16
    let bits = (0...UInt16.max).filter { bits in
      let exponent = (bits << 1) >> (16 - UInt16(exponentBits))
      return exponent != (1 << exponentBits) - 1 || bits << (1 + UInt16(exponentBits)) == 0
    }
    let data = bits.map(\.littleEndian).withUnsafeBytes { Data($0) }
    let tensor = SafeTensors.Tensor(
      elementType: type.elementType, shape: [bits.count], bytes: data)
    let values = try tensor.exactNumbers(name: "a", path: "f")
    #expect(SafeTensors.Tensor(values, shape: [bits.count], as: type).bytes == data)
  }

  @Test("numbers round to the nearest, ties to even; what is too large is infinite")
  func rounding() throws {
    let unit = 0x1p-10
    #expect(
      try stored(
        [1 + unit / 2, 1 + 1.5 * unit, 1 + 0.51 * unit, 65504, 65519.99, 65520, -1e9], as: .float16)
        == [1, 1 + 2 * unit, 1 + unit, 65504, 65504, .infinity, -.infinity])
    #expect(
      try stored([0x1p-25, 0x1.8p-25, 0x1p-24, -0x1p-14], as: .float16) == [
        0, 0x1p-24, 0x1p-24, -0x1p-14,
      ])
    // Rounding to single precision first would make a tie of the first number, and round it down.
    #expect(
      try stored([1 + 0x1p-8 + 0x1p-40, 1 + 0x1p-8, 3.4e38], as: .brainFloat16)
        == [1 + 0x1p-7, 1, .infinity])
    #expect(try stored([0.1], as: .float32) == [Double(Float(0.1))])
    #expect(try stored([0.1], as: .float64) == [0.1])
    for type in FloatingPointElement.allCases {
      let odd = try stored([.nan, -0.0, .infinity], as: type)
      #expect(odd[0].isNaN && odd[1].sign == .minus && odd[1] == 0 && odd[2] == .infinity)
    }
  }
}
