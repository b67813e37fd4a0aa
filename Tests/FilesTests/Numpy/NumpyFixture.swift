// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

/// Files of `Fixtures/Numpy`, which numpy 2.4.6 wrote: `TYPE-BYTEORDER-ORDER` holds the numbers -5 to 6 in three rows (0
/// to 11 without a sign), an eighth of them as floating-point numbers and 1,000,000,007 times as much in eight-byte
/// integers.
enum NumpyFixture {
  static func path(_ name: String, _ ending: String = "npy") throws -> String {
    try #require(
      Bundle.module.path(forResource: name, ofType: ending, inDirectory: "Fixtures/Numpy"))
  }

  static func data(_ name: String, _ ending: String = "npy") throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name, ending)))
  }

  /// The bytes of a file of version 1.0 with a header of any text.
  static func file(header: String, elements: [UInt8] = []) -> Data {
    let length = header.utf8.count
    let opening = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    return Data(opening + Array(header.utf8) + elements)
  }

  /// The text of a header.
  static func header(_ type: String, _ order: String, _ shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }\n"
  }
}
