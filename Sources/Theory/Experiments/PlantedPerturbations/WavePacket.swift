// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import Foundation
public import GroundTruth
internal import Interpolants
internal import Tensors

/// A wave in a Gaussian envelope, to be added to a network of one-dimensional points:
/// `ψ(x,t,s) = (t−s) e^{−(x−x₀)²/2a² − (t−t₀)²/2b²} cos(k(x−x₀) + ω(t−t₀) + phase)`.
///
/// The factor `t − s` leaves the diagonal of the network, and with it the teacher of every self-distillation,
/// as it is.
public struct WavePacket: Sendable, Codable {
  /// `x₀` and `a`
  public let place: Double
  public let width: Double
  /// `t₀` and `b`
  public let time: Double
  public let duration: Double
  /// `ω/k`: a wave `cos(kx + ωt)` travels with velocity `−ω/k`.
  public let timeFrequencyRatio: Double

  /// A packet half as fast as a velocity, where the symbol `ω(ω + k·v)` of ESD is lowest.
  public init(place: Double, width: Double, time: Double, duration: Double, velocity: Double) {
    precondition(width > 0 && duration > 0, "an envelope has positive widths")
    self.place = place
    self.width = width
    self.time = time
    self.duration = duration
    timeFrequencyRatio = -0.5 * velocity
  }

  /// In the right flank of ``FlowCoordinates/twoModes()`` under the linear interpolant, half as fast as the flow
  /// there; at `t = T` it has died away.
  public static func inFlank(of mixture: GaussianMixture) -> WavePacket {
    let (place, time) = (1.5, 0.65)
    return WavePacket(
      place: place, width: 0.35, time: time, duration: 0.12,
      velocity: mixture.marginal(at: time, LinearInterpolant()).velocity([place])[0])
  }

  /// The two waves a quarter period apart, at points `[rows, 1]`.
  ///
  /// - Parameter frequency: `k`, `[1, 1]`.
  func waves(_ x: Tensor, _ t: Tensor, _ s: Tensor, frequency k: Tensor) -> [Tensor] {
    let (dx, dt) = (x - place, t - time)
    let envelope =
      (t - s)
      * exp(-0.5 / (width * width) * square(dx) - 0.5 / (duration * duration) * square(dt))
    let phase = k * (dx + timeFrequencyRatio * dt)
    return [envelope * cos(phase), envelope * sin(phase)]
  }
}
