// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Times of one benchmark item.
struct BenchmarkMeasurement: Sendable, Equatable {
  /// The item's name.
  let name: String
  let threads: Int
  /// Milliseconds a step, one for each sample.
  let samples: [Double]
  /// Multiplications and additions in the matrix products of a step.
  let operations: Double
  /// GFLOP/s of multiply-adds on as many threads, see ``FusedMultiplyAddLimit``.
  let limit: Double
  /// Bytes the compiled program holds beside its inputs and outputs: a block's values for every thread, partial sums and
  /// rearranged matrices.
  let memory: Int

  /// - Precondition: there is at least one sample.
  init(
    name: String, threads: Int, samples: [Double], operations: Double, limit: Double, memory: Int
  ) {
    precondition(!samples.isEmpty, "a measurement has at least one sample")
    self.name = name
    self.threads = threads
    self.samples = samples
    self.operations = operations
    self.limit = limit
    self.memory = memory
  }

  /// Milliseconds a step.
  var median: Double { samples.median }
  var minimum: Double { samples.min() ?? 0 }
  /// The distance from the first to the third quartile of the samples over their median.
  var spread: Double { (samples.quantile(0.75) - samples.quantile(0.25)) / median }
  /// GFLOP/s in matrix products over the whole of a median step; other work counts as time only.
  var rate: Double { operations / median / 1e6 }
  /// ``rate`` over the limit.
  var share: Double { rate / limit }
}

extension [Double] {
  /// The middle value, or the mean of the two in the middle.
  ///
  /// - Precondition: the array is not empty.
  var median: Double { quantile(0.5) }

  /// The value below which a fraction of the array lies, linear between neighbours.
  ///
  /// - Precondition: the array is not empty and the fraction is in `0...1`.
  func quantile(_ fraction: Double) -> Double {
    precondition(!isEmpty && (0...1).contains(fraction), "a quantile of nothing")
    let sorted = sorted()
    let place = fraction * Double(count - 1)
    let below = Int(place)
    let above = Swift.min(below + 1, count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
