// Part of toylab. Licensed under Apache-2.0; see LICENSE.

package import DataSources
package import Engines
package import FlowMaps
internal import Foundation
package import Interpolants
internal import Networks
internal import RandomStreams

/// Draws a training batch: the rows of a source, noise, times and fractions, each from its own stream; a
/// discretisation then places the times and sets the fractions, a share of the labels is dropped, and the
/// coupling arranges the noise.
///
/// Rows are drawn in chunks over the pool's threads; a row depends on the seed and the step alone.
package final class BatchSampler<Scalar: EngineScalar & DataScalar> {
  package let data: Buffer<Scalar>
  package let noise: Buffer<Scalar>
  package let times: Buffer<Scalar>
  package let endTimes: Buffer<Scalar>
  package let fractions: Buffer<Scalar>
  /// The class of each row, or the number of classes where it is dropped; empty if the network has none.
  package let labels: Buffer<Scalar>
  package let observations: Buffer<Scalar>
  /// The guidance scale of each row; empty where it is the same for all.
  package let guidance: Buffer<Scalar>

  private let rows: Int
  private let coupling: Coupling
  private let pool: WorkerPool
  private let task: PoolTask
  private let now: Buffer<Double>
  private static var chunkRows: Int { 512 }

  /// The batches of a configuration's training.
  package convenience init(
    _ configuration: TrainingConfiguration, source: any DataSource, rows: Int, seed: UInt64,
    pool: WorkerPool
  ) {
    let loss = configuration.loss
    self.init(
      source: source, times: configuration.times,
      discretization: loss.objective.isDiscreteConsistency ? loss.discretization : nil,
      interpolant: configuration.interpolant, coupling: configuration.coupling,
      labelDropout: configuration.network.classCount > 0 ? loss.guidance.labelDropout : nil,
      guidance: loss.guidance,
      rows: rows, seed: seed, pool: pool)
  }

  /// - Parameters:
  ///   - labelDropout: the share of labels that are dropped; nil if no labels are wanted.
  ///   - guidance: whose scales are drawn, if it has many.
  package init(
    source: any DataSource, times sampler: TimeSampler, discretization: Discretization? = nil,
    interpolant: InterpolantKind, coupling: Coupling = .independent, labelDropout: Double? = nil,
    guidance: Guidance = .none, rows: Int, seed: UInt64, pool: WorkerPool
  ) {
    let dimension = source.dimension
    let data = Buffer<Scalar>(count: rows * dimension)
    let noise = Buffer<Scalar>(count: rows * dimension)
    let times = Buffer<Scalar>(count: rows)
    let endTimes = Buffer<Scalar>(count: rows)
    let fractions = Buffer<Scalar>(count: rows)
    let scratch = Buffer<Scalar>(count: 2 * rows)
    let labels = Buffer<Scalar>(count: labelDropout == nil ? 0 : rows)
    let observations = Buffer<Scalar>(count: rows * source.observationSize)
    let scales = Buffer<Scalar>(count: guidance.isDrawn ? rows : 0)
    // The step and the share of training that is done.
    let state = Buffer<Double>(count: 2)
    let fillRows = Scalar.filler(of: source, seed: seed)
    let dropout = Scalar(labelDropout ?? 0)
    let noLabel = Scalar(source.classCount)
    let widths = (
      labels: labelDropout == nil ? 0 : 1, observations: source.observationSize
    )
    let streams = (
      noise: RandomStream(seed: seed, purpose: .trainingNoise),
      times: RandomStream(seed: seed, purpose: .trainingTimes),
      fractions: RandomStream(seed: seed, purpose: .trainingFractions),
      dropout: RandomStream(seed: seed, purpose: .labelDropout),
      scales: RandomStream(seed: seed, purpose: .guidanceScales)
    )
    task = PoolTask { chunk, _ in
      let range = chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, rows)
      let now = UInt64(state[0])
      func part(_ buffer: Buffer<Scalar>, _ width: Int) -> UnsafeMutableBufferPointer<Scalar> {
        buffer.elements(range.lowerBound * width..<range.upperBound * width)
      }
      fillRows(
        BatchRows(
          step: Int(now), rows: range, batch: rows, points: part(data, dimension),
          labels: part(labels, widths.labels),
          observations: part(observations, widths.observations)))
      if dropout > 0 {
        // The times' scratch of these rows is not in use yet; that of others may be, on other threads.
        let labels = part(labels, 1)
        let draws = UnsafeMutableBufferPointer(rebasing: part(scratch, 2)[..<range.count])
        Scalar.fillUniform(streams.dropout.at(step: now), draws, rows: range, draws: 1)
        for row in 0..<range.count where draws[row] < dropout { labels[row] = noLabel }
      }
      if let largest = guidance.largestScale {
        let scales = part(scales, 1)
        Scalar.fillUniform(streams.scales.at(step: now), scales, rows: range, draws: 1)
        let ratio = largest / guidance.scale
        for row in 0..<range.count {
          scales[row] = Scalar(guidance.scale * pow(ratio, Double(scales[row])))
        }
      }
      Scalar.fillNormal(
        streams.noise.at(step: now), part(noise, dimension), rows: range, draws: dimension)
      sampler.fill(
        times: part(times, 1), endTimes: part(endTimes, 1), scratch: part(scratch, 2), rows: range,
        stream: streams.times.at(step: now), interpolant: interpolant)
      if let discretization {
        discretization.apply(
          times: part(times, 1), endTimes: part(endTimes, 1), fractions: part(fractions, 1),
          progress: state[1], interpolant: interpolant)
      } else {
        Scalar.fillUniform(
          streams.fractions.at(step: now), part(fractions, 1), rows: range, draws: 1)
      }
    }
    self.data = data
    self.noise = noise
    self.times = times
    self.endTimes = endTimes
    self.fractions = fractions
    self.labels = labels
    self.observations = observations
    self.guidance = scales
    self.coupling = coupling
    self.now = state
    self.rows = rows
    self.pool = pool
  }

  /// Draws the batch of a step.
  ///
  /// - Parameter progress: the share of training that is done, from 0 to 1.
  package func draw(step: Int, progress: Double = 0) {
    now[0] = Double(step)
    now[1] = progress
    pool.run(task, tasks: (rows + Self.chunkRows - 1) / Self.chunkRows)
    coupling.arrange(noise: noise.elements, for: UnsafeBufferPointer(data.elements))
  }

  /// Binds the batch to a program traced with `TrainingSample.inputs`.
  package func bind(to executable: some CompiledProgram<Scalar>) {
    for input in TrainingSample.Input.allCases {
      executable.bind(input: input.rawValue, to: buffer(of: input))
    }
    if labels.count > 0 {
      executable.bind(input: Conditions.Input.label.rawValue, to: labels)
    }
    if observations.count > 0 {
      executable.bind(input: Conditions.Input.observation.rawValue, to: observations)
    }
    if guidance.count > 0 {
      executable.bind(input: Conditions.Input.guidance.rawValue, to: guidance)
    }
  }

  private func buffer(of input: TrainingSample.Input) -> Buffer<Scalar> {
    switch input {
    case .data: return data
    case .noise: return noise
    case .time: return times
    case .endTime: return endTimes
    case .fraction: return fractions
    }
  }
}
