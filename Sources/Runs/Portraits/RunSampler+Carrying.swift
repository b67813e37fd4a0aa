// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import Training

extension RunSampler {
  /// `f(z; T, s)` of row-major noise at some times, each in one step of the map.
  ///
  /// - Parameter labels: a class a row; nil for none.
  /// - Throws: as samples(count:steps:seed:label:scale:threads:).
  func carried(
    _ noise: [Double], to times: [Double], labels: [Int]? = nil, threads: Int
  ) throws -> [[Double]] {
    let conditions = SamplingConditions(labels: labels, scale: scale(nil))
    let end = run.configuration.interpolant.interpolant.endTime
    let count = noise.count / run.configuration.network.dimension
    func carry<Scalar: TrainingScalar & TensorElement>(_ type: Scalar.Type) throws -> [[Double]] {
      let sampler = try sampler(type, count, threads)
      return try times.map { time in
        // The map from T to T is the identity.
        time == end
          ? noise : try checked(sampler.map(noise, from: end, to: time, given: conditions))
      }
    }
    switch run.configuration.precision {
    case .float32: return try carry(Float.self)
    case .float64: return try carry(Double.self)
    }
  }
}
