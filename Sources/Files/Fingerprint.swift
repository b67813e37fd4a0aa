// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Foundation

/// A number that tells contents apart: FNV-1a with 64 bits (Fowler, Noll and Vo), over bytes in their order.
///
/// A single byte that differs always gives another number. It guards against accidents, not against intent.
public struct Fingerprint: Sendable, Hashable {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The fingerprint of nothing.
  public init() {}

  /// The fingerprint of bytes.
  public init(_ data: Data) { add(data) }

  /// Adds bytes.
  public mutating func add(_ data: Data) {
    data.withUnsafeBytes { add($0) }
  }

  /// Adds bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { add(byte) }
  }

  /// Adds the bits of numbers, in little-endian order.
  public mutating func add(_ values: [Double]) {
    for value in values {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        add(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
      }
    }
  }

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

  /// 16 hexadecimal digits.
  public var text: String {
    let digits = shortText
    return String(repeating: "0", count: Self.textLength - digits.count) + digits
  }

  /// Hexadecimal digits without leading zeros.
  public var shortText: String { String(hash, radix: 16) }

  /// The length of ``text``.
  public static let textLength = 16
}
