// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import FlowMaps
public import GroundTruth
public import Interpolants
public import Measures
internal import Networks
internal import RandomStreams
internal import Tensors
internal import Training

/// High-frequency waves planted in a trained network, and what the update of each objective does to them.
///
/// The network's output becomes `F + c₁ψ₁ + c₂ψ₂`, two waves a quarter period apart. The gradient of the
/// compiled objective with respect to `c`, differentiated along `c` with targets that move, is the update
/// operator between the waves: `½ ∂g/∂c = ⟨ψ, Lψ⟩_p`. Positive shrinks the wave, negative lets it grow,
/// at the rate `⟨ψ, Lψ⟩/‖ψ‖²` of training time (`dψ/dτ = −Lψ`).
public final class PlantedPerturbations {
  public let target: GaussianMixture
  public let interpolant: InterpolantKind
  public let packet: WavePacket
  private let network: MultilayerPerceptron
  private let parameters: Buffer<Double>
  private let pool: WorkerPool
  private let seed: UInt64
  private let rows: Int

  /// Trains a network with iSD and relaxed times on a one-dimensional mixture.
  ///
  /// - Parameters:
  ///   - rows: points of every expectation.
  /// - Throws: `NonFiniteError`.
  public init(
    target: GaussianMixture, interpolant: InterpolantKind = .linear, packet: WavePacket,
    steps: Int = 4000, rows: Int = 32_768, seed: UInt64, pool: WorkerPool
  ) throws {
    precondition(target.dimension == 1, "waves are planted in networks of dimension 1")
    precondition(rows >= 16 && steps > 0, "\(rows) points and \(steps) steps are too few")
    self.target = target
    self.interpolant = interpolant
    self.packet = packet
    self.pool = pool
    self.seed = seed
    self.rows = rows
    network = MultilayerPerceptron(dimension: 1)
    let trainer = Trainer<Float>(
      TrainingConfiguration(
        interpolant: interpolant, network: network, steps: steps, seed: seed),
      source: target, pool: pool)
    while trainer.step < steps { try trainer.advance() }
    parameters = Buffer(trainer.parameters.values)
  }

  /// The growth rate of a wave under an objective.
  public struct Quotient: Sendable, Codable {
    public let objective: Objective
    public let frequency: Double
    /// `⟨ψ, Lψ⟩/‖ψ‖²` of the compiled objective around the trained network.
    public let measured: Estimate
    /// The quadratic form of the linearised operator, with the exact velocity, on the same points.
    public let predicted: Estimate
    /// Their difference, point by point.
    public let difference: Estimate
    /// What the error of the network's own velocity may add to the difference.
    public let teacherError: Double
  }

  /// - Precondition: positive frequencies.
  public func quotients(
    _ objective: Objective, frequencies: [Double]
  ) throws -> [Quotient] {
    let executable = executable(objective)
    return try frequencies.map { frequency in
      precondition(frequency > 0, "a frequency is positive, not \(frequency)")
      let found = try executable.evaluate(
        inputs(frequency: frequency, amplitudes: [0, 0], step: 0))
      func values(_ name: String) -> [Double] { found[name, default: []] }
      let norm = values("norm")
      let difference = zip(values("form"), values("predicted")).map { $0 - $1 }
      return Quotient(
        objective: objective, frequency: frequency, measured: ratio(values("form"), norm),
        predicted: ratio(values("predicted"), norm), difference: ratio(difference, norm),
        teacherError: sum(values("teacherError")) / sum(norm))
    }
  }

  /// Trains the amplitudes of the two waves by gradient descent on fresh batches, the network held fixed, and
  /// returns `|c|/|c(0)|` at training times `0, τ₁, …`.
  public func growth(
    _ objective: Objective, frequency: Double, until end: Double, steps: Int = 40
  ) throws -> [(time: Double, amplitude: Double)] {
    precondition(steps > 0 && end > 0, "training takes positive time and steps")
    let executable = executable(objective)
    var amplitudes = [Self.plantedAmplitude, 0]
    var path = [(time: 0.0, amplitude: 1.0)]
    // The slope at c = 0 is what training has left to do there; the waves are judged by what they add.
    for step in 1...steps {
      let planted = try slope(executable, frequency: frequency, amplitudes, step: step)
      let resting = try slope(executable, frequency: frequency, [0, 0], step: step)
      for phase in 0...1 {
        amplitudes[phase] -= end / Double(steps) * 0.5 * (planted[phase] - resting[phase])
      }
      let size = (amplitudes[0] * amplitudes[0] + amplitudes[1] * amplitudes[1]).squareRoot()
      path.append((end * Double(step) / Double(steps), size / Self.plantedAmplitude))
    }
    return path
  }

  private static let plantedAmplitude = 1e-3

  /// `M^{−1} ∂loss/∂c`, with `M` diagonal: waves a quarter period apart are nearly orthogonal.
  private func slope(
    _ executable: Executable<Double>, frequency: Double, _ amplitudes: [Double], step: Int
  ) throws -> [Double] {
    let found = try executable.evaluate(
      inputs(frequency: frequency, amplitudes: amplitudes, step: step))
    let slopes: [Double] = found["slope", default: []]
    let mass = 0.5 * sum(found["norm", default: []])
    var totals = [0.0, 0.0]
    for (index, slope) in slopes.enumerated() { totals[index % 2] += slope }
    return totals.map { $0 / mass }
  }

  private func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 } }

  /// A quotient of means, with its standard error by the delta method.
  private func ratio(_ numerators: [Double], _ denominators: [Double]) -> Estimate {
    let count = Double(numerators.count)
    let denominator = sum(denominators) / count
    let value = sum(numerators) / count / denominator
    let residuals = zip(numerators, denominators).map { ($0 - value * $1) / denominator }
    return Estimate(
      value: value, standardError: Estimate(meanOf: residuals).standardError,
      count: numerators.count)
  }

  private func inputs(frequency: Double, amplitudes: [Double], step: UInt64) -> [String: [Double]] {
    let stream = RandomStream(seed: seed, purpose: .plantedPerturbations, step: step)
    let end = interpolant.interpolant.endTime
    return [
      "data": target.samples(count: rows, stream: stream.appending("data")),
      "noise": stream.appending("noise").normals(rows: rows, draws: 1),
      "time": stream.appending("time").uniforms(rows: rows, draws: 1).map { end * $0 },
      "endTime": Array(repeating: 0, count: rows), "fraction": Array(repeating: 0.5, count: rows),
      "frequency": [frequency],
      "amplitudes": (0..<2 * rows).map { amplitudes[$0 % 2] },
    ]
  }

  private func inputs(frequency: Double, amplitudes: [Double], step: Int) -> [String: [Double]] {
    inputs(frequency: frequency, amplitudes: amplitudes, step: UInt64(step))
  }

  private func executable(_ objective: Objective) -> Executable<Double> {
    let executable = Executable<Double>(rows: rows, pool: pool) { rows in
      plantedProgram(
        objective, network: network, target: target, interpolant: interpolant.interpolant,
        packet: packet, rows: rows)
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    return executable
  }
}
