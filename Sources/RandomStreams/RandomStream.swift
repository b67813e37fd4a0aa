// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// A named stream of random numbers that needs no state: Philox 4x32-10 keyed by (seed, purpose), with
/// (step, row, draw) as counter.
///
/// Every number is a function of its address, so nothing depends on the order of drawing, on threads or
/// on where a run was resumed, and two purposes never share numbers. Draws are addressed in groups of
/// four; `firstDraw` is a multiple of 4.
public struct RandomStream: Sendable, Hashable {
  public let step: UInt64
  private let key: UInt64

  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - purpose: what the numbers are for, such as "data" or "noise".
  ///   - step: the training step or repetition.
  public init(seed: UInt64, purpose: String, step: UInt64 = 0) {
    self.init(key: mixed(mixed(seed) ^ fingerprint(of: purpose)), step: step)
  }

  /// The stream of another step.
  public func at(step: UInt64) -> RandomStream { RandomStream(key: key, step: step) }

  /// A stream for a part of this purpose, independent of it and of every other part.
  public func appending(_ part: String) -> RandomStream {
    RandomStream(key: mixed(key ^ fingerprint(of: part)), step: step)
  }

  private init(key: UInt64, step: UInt64) {
    self.key = key
    self.step = step
  }

  var address: toylab_stream { toylab_stream(key: key, step: step) }
}

/// FNV-1a of the text.
private func fingerprint(of text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// The finaliser of SplitMix64, a bijection that spreads every bit.
func mixed(_ value: UInt64) -> UInt64 {
  var bits = value &+ 0x9E37_79B9_7F4A_7C15
  bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
  bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
  return bits ^ (bits >> 31)
}

// MARK: - Bulk draws

extension RandomStream {
  /// Uniforms in the open interval (0, 1): `rows.count × draws`, row-major.
  public func fillUniform<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, draws: Int, firstDraw: Int = 0
  ) {
    guard let base = checked(out, rows, draws, firstDraw) else { return }
    Scalar.randomKernels.uniform(
      address, UInt64(rows.lowerBound), Int64(rows.count), UInt32(firstDraw), Int64(draws), base)
  }

  /// Standard normals: `rows.count × draws`, row-major.
  public func fillNormal<Scalar: RandomScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, draws: Int, firstDraw: Int = 0
  ) {
    guard let base = checked(out, rows, draws, firstDraw) else { return }
    Scalar.randomKernels.normal(
      address, UInt64(rows.lowerBound), Int64(rows.count), UInt32(firstDraw), Int64(draws), base)
  }

  func checked<Scalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, _ rows: Range<Int>, _ draws: Int, _ firstDraw: Int
  ) -> UnsafeMutablePointer<Scalar>? {
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= Int(UInt32.max), "rows \(rows) are out of range")
    precondition(
      draws >= 0 && firstDraw >= 0 && firstDraw % 4 == 0,
      "draws must not be negative and the first a multiple of 4, got \(draws) from \(firstDraw)")
    precondition(out.count >= rows.count * draws, "\(rows.count) × \(draws) draws do not fit")
    return rows.isEmpty || draws == 0 ? nil : out.baseAddress
  }

  /// Uniforms in (0, 1) as an array, `rows × draws`.
  public func uniforms(rows: Int, draws: Int, firstDraw: Int = 0) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows * draws) { buffer, count in
      fillUniform(
        UnsafeMutableBufferPointer(rebasing: buffer[..<(rows * draws)]), rows: 0..<rows,
        draws: draws, firstDraw: firstDraw)
      count = rows * draws
    }
  }

  /// Standard normals as an array, `rows × draws`.
  public func normals(rows: Int, draws: Int, firstDraw: Int = 0) -> [Double] {
    [Double](unsafeUninitializedCapacity: rows * draws) { buffer, count in
      fillNormal(
        UnsafeMutableBufferPointer(rebasing: buffer[..<(rows * draws)]), rows: 0..<rows,
        draws: draws, firstDraw: firstDraw)
      count = rows * draws
    }
  }

  /// A generator of raw bits for one row, for shuffles and rejection methods.
  public func generator(row: Int = 0) -> RowGenerator { RowGenerator(stream: self, row: row) }
}

/// Raw bits of one row of a stream, block after block; no bulk draw of the stream shares them.
public struct RowGenerator: RandomNumberGenerator, Sendable {
  private let stream: RandomStream
  private let row: UInt32
  private var block: UInt32 = 0
  private var pending: UInt64?

  init(stream: RandomStream, row: Int) {
    precondition(row >= 0 && row <= Int(UInt32.max), "row \(row) is out of range")
    self.stream = stream
    self.row = UInt32(row)
  }

  public mutating func next() -> UInt64 {
    if let value = pending {
      pending = nil
      return value
    }
    precondition(block < 1 << 30, "a row has no more than 2^31 numbers of 64 bits")
    let bits = toylab_row_bits(stream.address, row, block)
    block += 1
    pending = bits.high
    return bits.low
  }

  /// A uniform number in the open interval (0, 1).
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }
}
