// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Bijections of `0 ..< count`, one for each epoch, that need no memory: a Feistel network on the next even
/// number of bits, repeated until it lands below the count (cycle walking; Black and Rogaway 2002).
public struct KeyedPermutation: Sendable {
  public let count: Int
  private let stream: RandomStream
  /// Bits of each half.
  private let halfBits: UInt64

  /// - Precondition: there is something to permute, at most 2⁶² places.
  public init(count: Int, seed: UInt64, purpose: StreamPurpose) {
    precondition(count > 0 && count <= 1 << 62, "\(count) places cannot be permuted")
    self.count = count
    stream = RandomStream(seed: seed, purpose: purpose)
    let bits = UInt64(Int.bitWidth - (count - 1).leadingZeroBitCount)
    halfBits = max((bits + 1) / 2, 1)
  }

  /// The order of an epoch, from 0.
  public func epoch(_ epoch: Int) -> Epoch {
    var bits = stream.at(step: UInt64(epoch)).generator()
    return Epoch(
      count: UInt64(count), halfBits: halfBits,
      keys: (bits.next(), bits.next(), bits.next(), bits.next(), bits.next(), bits.next()))
  }

  /// One bijection.
  public struct Epoch: Sendable {
    let count: UInt64
    let halfBits: UInt64
    /// One a round; six rounds pass statistical tests with the mixing used, four nearly do.
    let keys: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    /// The place to which `index` goes.
    public subscript(index: Int) -> Int {
      var value = UInt64(index)
      repeat { value = permuted(value) } while value >= count
      return Int(value)
    }

    private func permuted(_ value: UInt64) -> UInt64 {
      let mask = (1 << halfBits) - 1 as UInt64
      var (left, right) = (value >> halfBits, value & mask)
      func round(_ key: UInt64) { (left, right) = (right, left ^ (mixed(right ^ key) & mask)) }
      round(keys.0)
      round(keys.1)
      round(keys.2)
      round(keys.3)
      round(keys.4)
      round(keys.5)
      return left << halfBits | right
    }
  }
}
