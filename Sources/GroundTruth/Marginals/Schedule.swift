// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants

/// An interpolant for hot loops: the two standard ones without going through generic numbers.
enum Schedule: Sendable {
  case linear
  case trigonometric
  case general(any Interpolant)

  init(_ interpolant: any Interpolant) {
    switch interpolant {
    case is LinearInterpolant: self = .linear
    case is TrigonometricInterpolant: self = .trigonometric
    default: self = .general(interpolant)
    }
  }

  func values(at time: Double) -> ScheduleValues {
    switch self {
    case .linear:
      return ScheduleValues(signal: 1 - time, noise: time, signalRate: -1, noiseRate: 1)
    case .trigonometric:
      let (cosine, sine) = (cos(time), sin(time))
      return ScheduleValues(signal: cosine, noise: sine, signalRate: -sine, noiseRate: cosine)
    case .general(let interpolant):
      let values = interpolant.coefficients(at: time)
      return ScheduleValues(
        signal: values.signal, noise: values.noise, signalRate: values.signalRate,
        noiseRate: values.noiseRate)
    }
  }
}
