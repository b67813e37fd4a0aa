// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
public import Networks
public import Tensors

/// A block of training points: what the samplers draw and what follows from it.
public struct TrainingSample: Sendable {
  /// Data `x`, `[rows, d]`.
  public let data: Tensor
  /// Noise `z`, `[rows, d]`.
  public let noise: Tensor
  /// `t`, `[rows, 1]`, in the interpolant's unit.
  public let time: Tensor
  /// `s ≤ t`, `[rows, 1]`.
  public let endTime: Tensor
  /// Where an intermediate time `u = s + r (t − s)` lies, `[rows, 1]`: a uniform number in (0, 1), or what a
  /// ``Discretization`` puts there.
  public let fraction: Tensor
  /// What the network is told about each row.
  public let conditions: Conditions
  /// `x_t = α(t) x + σ(t) z`
  public let noisy: Tensor
  /// `v_c = α'(t) x + σ'(t) z`
  public let conditionalVelocity: Tensor

  /// A sample whose noisy points and velocities follow from the interpolant.
  public init(
    interpolant: any Interpolant, data: Tensor, noise: Tensor, time: Tensor, endTime: Tensor,
    fraction: Tensor, conditions: Conditions = .none
  ) {
    let dual = Dual(time, rate: .ones(time.shape))
    let signal = interpolant.signal(at: dual)
    let noiseScale = interpolant.noise(at: dual)
    self.init(
      data: data, noise: noise, time: time, endTime: endTime, fraction: fraction,
      conditions: conditions, noisy: signal.value * data + noiseScale.value * noise,
      conditionalVelocity: signal.rate * data + noiseScale.rate * noise)
  }

  private init(
    data: Tensor, noise: Tensor, time: Tensor, endTime: Tensor, fraction: Tensor,
    conditions: Conditions, noisy: Tensor, conditionalVelocity: Tensor
  ) {
    self.data = data
    self.noise = noise
    self.time = time
    self.endTime = endTime
    self.fraction = fraction
    self.conditions = conditions
    self.noisy = noisy
    self.conditionalVelocity = conditionalVelocity
  }

  /// The inputs by which a program is given a batch; their names are those of the cases.
  public enum Input: String, CaseIterable, Sendable {
    case data
    case noise
    case time
    case endTime
    case fraction
  }

  /// Inputs for a block of rows.
  public static func inputs(
    rows: Int, dimension: Int, interpolant: any Interpolant, conditions: Conditions = .none
  ) -> TrainingSample {
    func input(_ name: Input, _ columns: Int) -> Tensor { .input(name.rawValue, [rows, columns]) }
    return TrainingSample(
      interpolant: interpolant, data: input(.data, dimension), noise: input(.noise, dimension),
      time: input(.time, 1), endTime: input(.endTime, 1), fraction: input(.fraction, 1),
      conditions: conditions)
  }

  /// Inputs for a block of rows of a network's points and conditions.
  public static func inputs(
    rows: Int, network: some Network, interpolant: any Interpolant
  ) -> TrainingSample {
    inputs(
      rows: rows, dimension: network.dimension, interpolant: interpolant,
      conditions: .inputs(for: network, rows: rows))
  }

  /// The declarations a program takes for inputs.
  public var declarations: [(role: Program.InputRole, tensor: Tensor)] {
    [data, noise, time, endTime, fraction].map { (.perRow, $0) } + conditions.declarations
  }

  public var rows: Int { data.shape[0] }

  /// `u`, the time ``fraction`` of the way from `s` to `t`.
  var intermediateTime: Tensor { endTime + fraction * (time - endTime) }

  /// `t − u`
  var step: Tensor { (1 - fraction) * (time - endTime) }

  /// `α(u) x + σ(u) z`: the same pair of data and noise at another time.
  func noisy(at u: Tensor, _ interpolant: any Interpolant) -> Tensor {
    interpolant.signal(at: u) * data + interpolant.noise(at: u) * noise
  }

  /// The same sample with another velocity in the place of `v_c`.
  func withConditionalVelocity(_ velocity: Tensor) -> TrainingSample {
    TrainingSample(
      data: data, noise: noise, time: time, endTime: endTime, fraction: fraction,
      conditions: conditions, noisy: noisy, conditionalVelocity: velocity)
  }

  /// The rows of a range as a sample of their own.
  func sliced(_ range: Range<Int>) -> TrainingSample {
    func part(_ tensor: Tensor) -> Tensor { tensor.sliced(range, axis: 0) }
    return TrainingSample(
      data: part(data), noise: part(noise), time: part(time), endTime: part(endTime),
      fraction: part(fraction), conditions: conditions.sliced(range), noisy: part(noisy),
      conditionalVelocity: part(conditionalVelocity))
  }
}
