// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A shared matrix rearranged once a run into panels, one behind the other, each as wide as a register
/// tile and filled up with zeros: the kernels then read it in order, whatever its layout was.
struct Packing: Equatable {
  var source: View
  let k: Int
  let n: Int
  /// Whether `source` is `[n, k]`.
  let transposed: Bool
  /// Where it lies in the memory shared by all blocks.
  var offset = 0

  /// Columns of the widest panel of any kernel; the others divide it.
  static let widestPanel = 32

  /// Products with fewer columns have kernels of their own.
  static let fewestColumns = 4

  /// Elements, for panels of any kernel.
  var count: Int { (n + Packing.widestPanel - 1) / Packing.widestPanel * Packing.widestPanel * k }

  /// Whether both read the same matrix.
  func isSame(as other: Packing) -> Bool {
    k == other.k && n == other.n && transposed == other.transposed
      && source.offset == other.source.offset && source.buffer == other.source.buffer
      && source.extents.suffix(2) == other.source.extents.suffix(2)
      && source.strides.suffix(2) == other.source.strides.suffix(2)
  }
}
