// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
internal import Engines
internal import FlowMaps
public import GroundTruth
public import Interpolants
internal import Networks
internal import RandomStreams
public import Training

/// Which velocity the map's starting point moves with.
public enum ProbeVelocity: String, CaseIterable, Sendable, Codable {
  /// The exact marginal velocity `v*`.
  case exact
  /// The velocity `v_c` of one pair of data and noise.
  case conditional
}

/// A trained flow map on fixed pairs of data and noise, in double precision: its total derivative, the parts
/// of it and its Jacobians at any times.
public final class MapProbe {
  public let source: any DataSource
  public let interpolant: InterpolantKind
  public let rows: Int
  public let seed: UInt64
  public let velocity: ProbeVelocity

  private let data: [Double]
  private let noise: [Double]
  private let compiled: FlowMapReadings<Double>

  /// The pairs at given times.
  public struct Readings {
    /// `x_t`, row by row.
    public let noisy: [Double]
    /// `‖D_w f‖²`, one a row.
    public let total: [Double]
    /// `‖A'(w − F)/ν‖²`, the flow-matching part.
    public let flowMatching: [Double]
    /// `‖(A''x − A dF)/ν‖²`, the linearisation part.
    public let linearization: [Double]
    /// `∇_x f(x; t, s)` a row, entry `[i][j]` being `∂f_i/∂x_j`, row-major.
    public let jacobian: [[Double]]
    /// `∇_x F(x; t, t)` a row.
    public let velocityJacobian: [[Double]]
  }

  /// The law of the source, where it is known exactly.
  public var law: (any ExactTarget)? { source as? any ExactTarget }

  /// The map of a configuration at given parameters.
  ///
  /// - Throws: ``ProbeError`` if the velocity is the exact one and the source has none.
  /// - Precondition: there are two rows or more.
  public init(
    _ configuration: TrainingConfiguration, source: any DataSource, parameters: [Double],
    rows: Int, seed: UInt64, velocity: ProbeVelocity = .exact, threads: Int
  ) throws(ProbeError) {
    precondition(rows >= 2, "\(rows) rows give no standard error")
    if velocity == .exact && !(source is any ExactTarget) {
      throw .setting(
        "velocity", value: velocity.rawValue,
        accepted:
          "\(ProbeVelocity.conditional.rawValue) with the source \(source.name), whose law is not known"
      )
    }
    self.source = source
    interpolant = configuration.interpolant
    self.rows = rows
    self.seed = seed
    self.velocity = velocity
    let d = source.dimension
    data = source.samples(count: rows, stream: RandomStream(seed: seed, purpose: .probeData))
    noise = RandomStream(seed: seed, purpose: .probeNoise).normals(rows: rows, draws: d)
    compiled = FlowMapReadings(
      [
        .squaredTotalDerivative, .squaredFlowMatchingPart, .squaredLinearizationPart,
        .spatialJacobian, .velocityJacobian,
      ], network: configuration.network, interpolant: interpolant.interpolant,
      parameters: Buffer(parameters), rows: rows, pool: WorkerPool(threads: threads))
  }

  /// What the map does at `(t, s)`.
  ///
  /// - Precondition: `0 ≤ s ≤ t ≤ T`.
  public func readings(from t: Double, to s: Double) throws -> Readings {
    let path = interpolant.interpolant
    let d = source.dimension
    precondition(0 <= s && s <= t && t <= path.endTime * (1 + 1e-12), "times \(t), \(s)")
    let signal = path.signal(at: Dual(t, rate: 1.0))
    let scale = path.noise(at: Dual(t, rate: 1.0))
    var noisy = [Double](repeating: 0, count: data.count)
    var velocities = noisy
    for index in data.indices {
      noisy[index] = signal.value * data[index] + scale.value * noise[index]
      velocities[index] = signal.rate * data[index] + scale.rate * noise[index]
    }
    if velocity == .exact, let law {
      velocities = law.exactVelocities(noisy, at: t, path)
    }
    compiled.assign(noisy, to: .points)
    compiled.assign(velocities, to: .velocity)
    compiled.assign([t], to: .time)
    compiled.assign([s], to: .endTime)
    try compiled.run()
    func matrices(_ reading: FlowMapReading) -> [[Double]] {
      let all = compiled.values(reading)
      return (0..<rows).map { Array(all[$0 * d * d..<($0 + 1) * d * d]) }
    }
    return Readings(
      noisy: noisy, total: compiled.values(.squaredTotalDerivative),
      flowMatching: compiled.values(.squaredFlowMatchingPart),
      linearization: compiled.values(.squaredLinearizationPart),
      jacobian: matrices(.spatialJacobian), velocityJacobian: matrices(.velocityJacobian))
  }
}
