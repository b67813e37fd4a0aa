// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The numbers of an interpolant at one time.
public struct InterpolantCoefficients: Sendable, Equatable {
  public let time: Double
  /// `α(t)`
  public let signal: Double
  /// `σ(t)`
  public let noise: Double
  /// `α'(t)`
  public let signalRate: Double
  /// `σ'(t)`
  public let noiseRate: Double

  /// `ν = α σ' − σ α'`.
  public var nu: Double { signal * noiseRate - noise * signalRate }
}

extension Interpolant {
  /// `α, σ` and their rates at `time`, in `[0, T]`.
  public func coefficients(at time: Double) -> InterpolantCoefficients {
    let dual = Dual(time, rate: 1)
    let (signal, noise) = (signal(at: dual), noise(at: dual))
    return InterpolantCoefficients(
      time: time, signal: signal.value, noise: noise.value, signalRate: signal.rate,
      noiseRate: noise.rate)
  }

  /// `ν`, a constant once the assumptions are checked.
  public var nu: Double { coefficients(at: 0.5 * endTime).nu }

  /// `A(t,s) = α(s) σ(t) − σ(s) α(t)`, over numbers, duals or tensors.
  public func separation<Number: ElementaryNumber>(from t: Number, to s: Number) -> Number {
    signal(at: s) * noise(at: t) - noise(at: s) * signal(at: t)
  }

  /// `x_t = α(t) x + σ(t) z`
  public func noisy(data: [Double], noise z: [Double], at time: Double) -> [Double] {
    let c = coefficients(at: time)
    return zip(data, z).map { c.signal * $0 + c.noise * $1 }
  }

  /// `v_c = α'(t) x + σ'(t) z`
  public func conditionalVelocity(data: [Double], noise z: [Double], at time: Double) -> [Double] {
    let c = coefficients(at: time)
    return zip(data, z).map { c.signalRate * $0 + c.noiseRate * $1 }
  }
}

/// An interpolant that cannot carry flow maps.
public enum InterpolantError: Error, Equatable, CustomStringConvertible {
  case invalidEndTime(name: String, endTime: Double)
  case wrongBoundary(name: String, condition: String, value: Double)
  case nuNotConstant(name: String, nu: Double, largestDeviation: Double, time: Double)
  case nuVanishes(name: String)

  public var description: String {
    switch self {
    case .invalidEndTime(let name, let endTime):
      return "interpolant \"\(name)\": end time \(endTime) must be positive and finite"
    case .wrongBoundary(let name, let condition, let value):
      return "interpolant \"\(name)\": \(condition) is required, found \(value)"
    case .nuNotConstant(let name, let nu, let deviation, let time):
      return "interpolant \"\(name)\": ν = α σ' − σ α' must be constant; it is \(nu) at the middle "
        + "of the interval and deviates by \(deviation) at t = \(time)"
    case .nuVanishes(let name):
      return "interpolant \"\(name)\": ν = α σ' − σ α' must not be zero"
    }
  }
}

extension Interpolant {
  /// The interpolant itself, after its boundary values and the ν-assumption are checked on a grid.
  ///
  /// - Throws: ``InterpolantError``, naming the largest deviation of ν found and its time.
  public func checkedAssumptions(gridPoints: Int = 1025) throws(InterpolantError) -> Self {
    precondition(gridPoints >= 2, "a grid needs two points or more")
    guard endTime.isFinite && endTime > 0 else {
      throw .invalidEndTime(name: name, endTime: endTime)
    }
    let (start, end) = (coefficients(at: 0), coefficients(at: endTime))
    let boundary = [
      ("α(0) = 1", start.signal, 1.0), ("σ(0) = 0", start.noise, 0), ("α(T) = 0", end.signal, 0),
    ]
    for (condition, value, wanted) in boundary where !(Swift.abs(value - wanted) <= 1e-12) {
      throw .wrongBoundary(name: name, condition: condition, value: value)
    }
    let nu = self.nu
    var worst = (deviation: 0.0, time: 0.0)
    for index in 0..<gridPoints {
      let time = endTime * Double(index) / Double(gridPoints - 1)
      let deviation = Swift.abs(coefficients(at: time).nu - nu)
      if !(deviation <= worst.deviation) { worst = (deviation, time) }
    }
    if !(worst.deviation <= 1e-9 * Swift.max(1, Swift.abs(nu))) {
      throw .nuNotConstant(
        name: name, nu: nu, largestDeviation: worst.deviation, time: worst.time)
    }
    if Swift.abs(nu) < 1e-12 { throw .nuVanishes(name: name) }
    return self
  }
}
