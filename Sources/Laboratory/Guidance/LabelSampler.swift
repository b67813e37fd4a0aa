// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import GroundTruth
internal import RandomStreams

/// Draws the classes of the rows of a training batch, a share of them dropped.
///
/// The classes are those of the data that ``BatchSampler`` draws for the same seed and step; whether a row
/// keeps its own comes from a stream named "label dropout", one uniform number a row.
final class LabelSampler<Scalar: EngineScalar & MixtureScalar> {
  /// The class of each row, or the number of classes where it is dropped.
  let labels: Buffer<Scalar>

  private let task: PoolTask
  private let pool: WorkerPool
  private let rows: Int
  private let step: Buffer<Double>
  private static var chunkRows: Int { 512 }

  /// - Parameter target: with the numbers `0 ..< classCount` for labels.
  init(target: GaussianMixture, dropout: Double, rows: Int, seed: UInt64, pool: WorkerPool) {
    let labels = Buffer<Scalar>(count: rows)
    let step = Buffer<Double>(count: 1)
    let sampler = MixtureSampler(target)
    let null = Scalar(target.labels.count)
    let data = RandomStream(seed: seed, purpose: "training data")
    let dropouts = RandomStream(seed: seed, purpose: "label dropout")
    task = PoolTask { chunk, _ in
      let range = chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, rows)
      let now = UInt64(step[0])
      let part = UnsafeMutableBufferPointer(
        start: labels.pointer + range.lowerBound, count: range.count)
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: range.count) { classes in
        Scalar.fillLabels(sampler, classes, rows: range, stream: data.at(step: now))
        // The uniform numbers are replaced by what they decide.
        Scalar.fillUniform(dropouts.at(step: now), part, rows: range, draws: 1)
        for row in 0..<range.count {
          part[row] = part[row] < Scalar(dropout) ? null : Scalar(classes[row])
        }
      }
    }
    self.labels = labels
    self.step = step
    self.rows = rows
    self.pool = pool
  }

  /// Draws the labels of a step.
  func draw(step: Int) {
    self.step[0] = Double(step)
    pool.run(task, tasks: (rows + Self.chunkRows - 1) / Self.chunkRows)
  }
}
