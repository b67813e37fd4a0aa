// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams

/// The order in which training sees a finite set, and the entries that measurements take of it: the same for points,
/// images and latents.
///
/// Rows are numbered through the whole training, `g = step · batch + row`. Row `g` belongs to epoch
/// `⌊g / N⌋` and holds the entry at place `g mod N` of that epoch's order, a ``KeyedPermutation`` of the seed and
/// the epoch; a batch may straddle two epochs.
struct FiniteOrder: Sendable {
  private let permutation: KeyedPermutation

  /// - Parameter count: `N`, one or more.
  init(count: Int, seed: UInt64) {
    permutation = KeyedPermutation(count: count, seed: seed, purpose: .dataOrder)
  }

  /// Calls `body` for each row of a part of a batch, with its place in the part, its number `g`, and the index of the
  /// entry that it holds.
  @inline(__always)
  func forEachRow<Scalar>(
    of batch: BatchRows<Scalar>, _ body: (_ row: Int, _ number: Int, _ index: Int) -> Void
  ) {
    let first = batch.step * batch.batch + batch.rows.lowerBound
    var epoch = -1
    var order = permutation.epoch(0)
    for row in 0..<batch.rows.count {
      let (rowEpoch, place) = (first + row).quotientAndRemainder(dividingBy: permutation.count)
      if rowEpoch != epoch {
        epoch = rowEpoch
        order = permutation.epoch(epoch)
      }
      body(row, first + row, order[place])
    }
  }

  /// Indices drawn with replacement from `0 ..< total`; the `i`-th depends on the stream and on `i` alone.
  static func placesWithReplacement(
    _ count: Int, of total: Int, stream: RandomStream
  ) -> [Int] {
    stream.uniforms(rows: count, draws: 1).map { Int($0 * Double(total)) }
  }

  /// The indices of some sets to measure with: an entry is in one of them at most.
  ///
  /// - Precondition: the sets together have at most `total` entries.
  static func measurementPlaces(
    sets: Int, _ count: Int, of total: Int, seed: UInt64
  ) -> [[Int]] {
    precondition(sets * count <= total, "\(sets) sets of \(count) of \(total) points")
    let order = KeyedPermutation(count: total, seed: seed, purpose: .measurementOrder).epoch(0)
    return (0..<sets).map { set in (set * count..<(set + 1) * count).map { order[$0] } }
  }
}

/// Which entries of a finite set are held out from training, by lot.
struct HeldOutLot: Sendable {
  /// Entries that are held out, at least one.
  let heldOut: Int
  /// Entries to train on, at least one.
  let training: Int
  private let order: KeyedPermutation.Epoch

  /// - Precondition: there are two entries or more.
  init(count: Int, share: Double, seed: UInt64) {
    precondition(count > 1, "\(count) entries cannot be split")
    heldOut = min(max(Int((share * Double(count)).rounded()), 1), count - 1)
    training = count - heldOut
    order = KeyedPermutation(count: count, seed: seed, purpose: .heldOutSplit).epoch(0)
  }

  /// The index in the whole set of one of the entries to train on.
  func trainingIndex(_ place: Int) -> Int { order[heldOut + place] }

  /// The index in the whole set of one of the entries held out.
  func heldOutIndex(_ place: Int) -> Int { order[place] }

  /// The indices of both parts, each in ascending order.
  var places: (training: [Int], heldOut: [Int]) {
    ((0..<training).map(trainingIndex).sorted(), (0..<heldOut).map(heldOutIndex).sorted())
  }
}
