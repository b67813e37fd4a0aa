// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import CKernels

/// How a batch is cut into blocks. Nothing here looks at the number of threads, so the cut, and with
/// it every rounding, is the same for any.
enum BlockSize {
  /// Partial sums kept side by side; also the most threads that can share a batch whose outputs are
  /// reduced. More would cost memory traffic for large parameter vectors.
  static let slots = 8

  /// The bytes a block's values may take: three quarters of a core's second-level cache, which leaves room
  /// for the matrices they are multiplied with. A cache of 1 MB is supposed where the system does not tell,
  /// and no more than 4 MB is counted on, because large ones are shared by several cores.
  static var cacheBytes: Int {
    let known = Int(toylab_level2_cache_bytes())
    return min(max(known == 0 ? 1 << 20 : known, 1 << 18), 1 << 22) * 3 / 4
  }

  /// The size to try first: 128 rows keep the matrix products efficient, a quarter of the batch leaves
  /// work for several threads.
  static func first(rows: Int) -> Int {
    powerOfTwo(atMost: max(min(128, rows / 4), min(rows, 16)))
  }

  /// Rows below which a matrix product no longer pays for reading its right operand.
  static let leastProductRows = 64

  /// Rows of a matrix product worth having when the cache is missed in any case.
  static let ampleProductRows = 256

  /// The size whose working set fits the cache, judged from that of a size already compiled. Products lose
  /// more on few rows than on a cache that is missed: a size that would leave them too few is chosen for the
  /// products instead.
  ///
  /// - Parameters:
  ///   - tried: the size already compiled.
  ///   - arenaBytes: its working set.
  ///   - productRows: rows of its largest product; several a row of the batch where a row is an image.
  ///   - cacheBytes: what the working set should fit.
  static func fitting(
    tried: Int, arenaBytes: Int, productRows: Int, cacheBytes: Int = Self.cacheBytes
  ) -> Int {
    if arenaBytes <= cacheBytes { return tried }
    let bytesPerRow = max(arenaBytes / tried, 1)
    let fitting = powerOfTwo(atMost: max(cacheBytes / bytesPerRow, 1))
    if fitting * productRows >= leastProductRows * tried { return min(fitting, tried) }
    let ample = powerOfTwo(atMost: max(ampleProductRows * tried / max(productRows, 1), 1))
    return min(ample, tried)
  }

  private static func powerOfTwo(atMost limit: Int) -> Int {
    var size = 1
    while size * 2 <= limit { size *= 2 }
    return size
  }
}
