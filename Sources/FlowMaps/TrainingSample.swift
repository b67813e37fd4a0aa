// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants
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
  /// `x_t = α(t) x + σ(t) z`
  public let noisy: Tensor
  /// `v_c = α'(t) x + σ'(t) z`
  public let conditionalVelocity: Tensor

  /// A sample whose noisy points and velocities follow from the interpolant.
  public init(
    interpolant: any Interpolant, data: Tensor, noise: Tensor, time: Tensor, endTime: Tensor,
    fraction: Tensor
  ) {
    let dual = Dual(time, rate: .ones(time.shape))
    let signal = interpolant.signal(at: dual)
    let noiseScale = interpolant.noise(at: dual)
    self.init(
      data: data, noise: noise, time: time, endTime: endTime, fraction: fraction,
      noisy: signal.value * data + noiseScale.value * noise,
      conditionalVelocity: signal.rate * data + noiseScale.rate * noise)
  }

  private init(
    data: Tensor, noise: Tensor, time: Tensor, endTime: Tensor, fraction: Tensor, noisy: Tensor,
    conditionalVelocity: Tensor
  ) {
    self.data = data
    self.noise = noise
    self.time = time
    self.endTime = endTime
    self.fraction = fraction
    self.noisy = noisy
    self.conditionalVelocity = conditionalVelocity
  }

  /// Inputs named `data`, `noise`, `time`, `endTime` and `fraction` for a block of rows.
  public static func inputs(
    rows: Int, dimension: Int, interpolant: any Interpolant
  ) -> TrainingSample {
    TrainingSample(
      interpolant: interpolant, data: .input("data", [rows, dimension]),
      noise: .input("noise", [rows, dimension]), time: .input("time", [rows, 1]),
      endTime: .input("endTime", [rows, 1]), fraction: .input("fraction", [rows, 1]))
  }

  /// The declarations a program takes for ``inputs(rows:dimension:interpolant:)``.
  public var declarations: [(role: Program.InputRole, tensor: Tensor)] {
    [data, noise, time, endTime, fraction].map { (.perRow, $0) }
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

  /// The rows of a range as a sample of their own.
  func sliced(_ range: Range<Int>) -> TrainingSample {
    func part(_ tensor: Tensor) -> Tensor { tensor.sliced(range, axis: 0) }
    return TrainingSample(
      data: part(data), noise: part(noise), time: part(time), endTime: part(endTime),
      fraction: part(fraction), noisy: part(noisy),
      conditionalVelocity: part(conditionalVelocity))
  }
}
