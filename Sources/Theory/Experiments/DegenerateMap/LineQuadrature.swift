// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import GroundTruth
internal import Interpolants

/// Points and weights for means over `t` uniform on `[s, T]` and `x ~ p_t` on the line: midpoints in time,
/// evenly spaced labels along the exact trajectories, on which the trapezoidal rule is exact to rounding.
/// No mean over it carries sampling noise.
public struct LineQuadrature: Sendable {
  public let trajectories: QuantileTrajectories
  /// `s`
  public let endTime: Double
  public let times: [Double]
  public let labels: [Double]
  public let points: [Double]
  /// They add up to 1.
  public let weights: [Double]
  /// `v*(x, t)`
  public let velocities: [Double]
  /// `Σ(x, t)`
  public let covariances: [Double]

  /// - Parameters:
  ///   - timeCount: midpoints in time; the error falls with their square.
  ///   - spacing: of the labels, which reach to ±6.
  /// - Precondition: the trajectories' interpolant lasts beyond `s`, and both numbers are positive.
  public init(
    _ trajectories: QuantileTrajectories, from s: Double, timeCount: Int = 48,
    spacing: Double = 0.15
  ) {
    let end = trajectories.interpolant.endTime
    precondition(s < end && timeCount > 0 && spacing > 0, "a quadrature needs points")
    self.trajectories = trajectories
    endTime = s
    let reach = Int(6 / spacing)
    let nodes = (-reach...reach).map { spacing * Double($0) }
    let mass = nodes.reduce(0) { $0 + exp(-0.5 * $1 * $1) }
    var (times, labels, points, weights) = ([Double](), [Double](), [Double](), [Double]())
    var (velocities, covariances) = ([Double](), [Double]())
    for index in 0..<timeCount {
      let time = s + (end - s) * (Double(index) + 0.5) / Double(timeCount)
      let slice = trajectories.slice(at: time)
      for label in nodes {
        let x = slice.position(ofLabel: label)
        times.append(time)
        labels.append(label)
        points.append(x)
        weights.append(exp(-0.5 * label * label) / mass / Double(timeCount))
        velocities.append(slice.marginal.velocity([x])[0])
        covariances.append(slice.marginal.velocityCovariance([x])[0][0])
      }
    }
    self.times = times
    self.labels = labels
    self.points = points
    self.weights = weights
    self.velocities = velocities
    self.covariances = covariances
  }

  /// The weighted mean of a value a point.
  public func mean(_ value: (Int) -> Double) -> Double {
    weights.indices.reduce(0) { $0 + weights[$1] * value($1) }
  }
}

// MARK: - The two derivatives of a map

/// `D_{v*} f` and `f_x` of a map at the points of a ``LineQuadrature``.
public struct LineDerivatives: Sendable {
  public let alongFlow: [Double]
  public let slope: [Double]

  public init(alongFlow: [Double], slope: [Double]) {
    self.alongFlow = alongFlow
    self.slope = slope
  }

  /// Those of the exact flow map: `Df* = 0`, `f*_x = p_t(x) / p_s(f*(x))`.
  public init(flowMapOn quadrature: LineQuadrature) {
    let start = quadrature.trajectories.slice(at: quadrature.endTime)
    alongFlow = Array(repeating: 0, count: quadrature.points.count)
    slope = quadrature.points.indices.map { index in
      let here = quadrature.trajectories.slice(at: quadrature.times[index]).marginal
      let there = start.position(ofLabel: quadrature.labels[index])
      return exp(
        here.logDensity([quadrature.points[index]]) - start.marginal.logDensity([there]))
    }
  }

  /// Those of a minimiser from its elliptic equation, by differences in time and label.
  public init(_ map: DegenerateMap, on quadrature: LineQuadrature) {
    let (first, last) = (map.times[0], map.times[map.times.count - 1])
    let step = 1e-4
    var (alongFlow, slope) = ([Double](), [Double]())
    for index in quadrature.points.indices {
      let (time, label) = (quadrature.times[index], quadrature.labels[index])
      let (early, late) = (max(time - step, first), min(time + step, last))
      alongFlow.append(
        (map.value(atLabel: label, time: late) - map.value(atLabel: label, time: early))
          / (late - early))
      let perLabel =
        (map.value(atLabel: label + step, time: time)
          - map.value(atLabel: label - step, time: time)) / (2 * step)
      let density = quadrature.trajectories.slice(at: time).marginal.logDensity(
        [quadrature.points[index]])
      // ∂x/∂z = φ/p
      slope.append(
        perLabel * exp(density + 0.5 * label * label) * (2 * Double.pi).squareRoot())
    }
    self.init(alongFlow: alongFlow, slope: slope)
  }

  /// `E (Df)²` and `E Σ f_x²`.
  public func terms(
    on quadrature: LineQuadrature
  ) -> (eulerianLoss: Double, varianceTerm: Double) {
    (
      quadrature.mean { alongFlow[$0] * alongFlow[$0] },
      quadrature.mean { quadrature.covariances[$0] * slope[$0] * slope[$0] }
    )
  }
}

extension LineQuadrature {
  /// The midpoints in time, each once.
  public var distinctTimes: [Double] {
    times.indices.filter { $0 == 0 || times[$0] != times[$0 - 1] }.map { times[$0] }
  }
}

extension LineDerivatives {
  /// `E (Df)²` at each of the quadrature's times.
  public func eulerianLossByTime(on quadrature: LineQuadrature) -> [Double] {
    let count = quadrature.distinctTimes.count
    let perTime = quadrature.points.count / count
    return (0..<count).map { time in
      (time * perTime..<(time + 1) * perTime).reduce(0) {
        $0 + Double(count) * quadrature.weights[$1] * alongFlow[$1] * alongFlow[$1]
      }
    }
  }
}

// MARK: - The balance, weakly

/// A smooth function `g(x, t)` that vanishes at `t = s`, with its derivatives.
public struct LineTestFunction: Sendable {
  public let name: String
  let profile: @Sendable (Double) -> (value: Double, slope: Double)

  /// `g = (t − s) h(x)` for three functions `h`.
  public static let all: [LineTestFunction] = [
    LineTestFunction(name: "(t−s) x") { ($0, 1) },
    LineTestFunction(name: "(t−s) sin 2x") { (sin(2 * $0), 2 * cos(2 * $0)) },
    LineTestFunction(name: "(t−s) x e^{−x²}") { x in
      (x * exp(-x * x), (1 - 2 * x * x) * exp(-x * x))
    },
  ]

  func derivatives(on quadrature: LineQuadrature) -> LineDerivatives {
    let values = quadrature.points.map(profile)
    return LineDerivatives(
      alongFlow: values.indices.map { index in
        let elapsed = quadrature.times[index] - quadrature.endTime
        return values[index].value + elapsed * quadrature.velocities[index] * values[index].slope
      },
      slope: values.indices.map {
        (quadrature.times[$0] - quadrature.endTime) * values[$0].slope
      })
  }
}

extension LineDerivatives {
  /// `a(f, g) / √(a(f, f) a(g, g))` with `a(f, g) = E[Df Dg + Σ f_x g_x]`: the balance
  /// `D(Df) + C = 0` with `Df = 0` at `T`, tested with `g` and integrated by parts. It lies in [−1, 1] and is
  /// 0 for every `g` if and only if `f` is the minimiser.
  public func weakResidual(_ test: LineTestFunction, on quadrature: LineQuadrature) -> Double {
    let g = test.derivatives(on: quadrature)
    func product(_ left: LineDerivatives, _ right: LineDerivatives) -> Double {
      quadrature.mean {
        left.alongFlow[$0] * right.alongFlow[$0]
          + quadrature.covariances[$0] * left.slope[$0] * right.slope[$0]
      }
    }
    return product(self, g) / (product(self, self) * product(g, g)).squareRoot()
  }
}
