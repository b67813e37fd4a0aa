// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Measures

/// What a measurement can only be made with.
public enum MeasurementNeed: String, CaseIterable, Sendable, Codable {
  /// Samples of the source.
  case samples
  /// The exact law of the source.
  case exact
  /// The exact law, in a dimension in which a `d × d` matrix a point is no burden, up to
  /// ``largestMatrixDimension``. They cost `d` derivatives of the map.
  case matrices
  /// A trained network that teaches.
  case teacher
  /// The exact law given each class, and a network that is told them.
  case classes

  /// The largest `d` in which a matrix a point is measured.
  public static let largestMatrixDimension = 64
}

/// A number by which a trained map is held against the truth, under its name in `metrics.jsonl`. Its standard
/// error stands beside it under the same name followed by `.standardError`.
public enum Metric: String, CaseIterable, Sendable, Codable {
  /// `LED = E‖D_{v*} f(x_t; t, 0)‖²`, `t` uniform on `[0, T]`.
  case eulerianLossAtZero
  /// The same for `(t, s)` uniform on the triangle `s ≤ t`.
  case eulerianLoss
  /// `E tr(∇f Σ ∇fᵀ)` at `s = 0`: what conditional velocities add to the direct loss.
  case varianceTermAtZero
  case varianceTerm
  /// `E‖∇f‖_F²` at `s = 0`.
  case jacobianNormAtZero
  case jacobianNorm
  /// `E‖f(z; T, 0) − f*(z; T, 0)‖²`, `f*` the exact flow map.
  case flowMapError
  /// Sliced W₂ between one-step samples and data. Its error is that over projections; the noise of two
  /// samples is shown beside it as the value of an exact sample.
  case slicedWasserstein
  /// Energy distance between one-step samples and data.
  case energyDistance
  /// Share of one-step samples within three Mahalanobis deviations of a component (in more than two dimensions,
  /// within the distance that holds the same share of it), or within the boxes.
  case fractionInsideModes
  /// `E‖F(x_t; t, t, c) − ṽ‖²` with the exact guided velocity, at data of each class.
  case guidedVelocityError
  /// `E‖D_ṽ f(x_t; t, 0, c)‖²` with the exact guided velocity, at data of each class.
  case guidedEulerianLossAtZero
  /// `E‖f(z; T, 0, c) − f*_ω(z; T, 0, c)‖²` with the exact guided flow map.
  case guidedMapError

  /// ``eulerianLossAtZero`` with the velocity of the teacher in the place of `v*`.
  case teacherEulerianLossAtZero
  /// ``eulerianLoss`` with the velocity of the teacher.
  case teacherEulerianLoss

  /// What the measurement is made with.
  public var need: MeasurementNeed {
    switch self {
    case .eulerianLossAtZero, .eulerianLoss, .flowMapError, .fractionInsideModes: return .exact
    case .varianceTermAtZero, .varianceTerm, .jacobianNormAtZero, .jacobianNorm: return .matrices
    case .slicedWasserstein, .energyDistance: return .samples
    case .guidedVelocityError, .guidedEulerianLossAtZero, .guidedMapError: return .classes
    case .teacherEulerianLossAtZero, .teacherEulerianLoss: return .teacher
    }
  }

  /// Whether the measurement asks the map without telling it a class, where it could be told one.
  package var asksUntold: Bool {
    switch self {
    case .eulerianLossAtZero, .eulerianLoss, .varianceTermAtZero, .varianceTerm,
      .jacobianNormAtZero, .jacobianNorm, .flowMapError, .teacherEulerianLossAtZero,
      .teacherEulerianLoss:
      return true
    case .slicedWasserstein, .energyDistance, .fractionInsideModes, .guidedVelocityError,
      .guidedEulerianLossAtZero, .guidedMapError:
      return false
    }
  }

  /// The symbol for axes and tables, in the markup of the plots.
  public var symbol: String {
    switch self {
    case .eulerianLossAtZero: return "LED, $s$ = 0"
    case .eulerianLoss: return "LED, $s$ < $t$"
    case .varianceTermAtZero: return "tr(\\nabla$f$ \\Sigma \\nabla$f$^T), $s$ = 0"
    case .varianceTerm: return "tr(\\nabla$f$ \\Sigma \\nabla$f$^T), $s$ < $t$"
    case .jacobianNormAtZero: return "‖\\nabla$f$‖_F^2, $s$ = 0"
    case .jacobianNorm: return "‖\\nabla$f$‖_F^2, $s$ < $t$"
    case .flowMapError: return "flow-map error"
    case .slicedWasserstein: return "sliced $W$_2"
    case .energyDistance: return "energy distance"
    case .fractionInsideModes: return "fraction inside modes"
    case .guidedVelocityError: return "guided velocity error"
    case .guidedEulerianLossAtZero: return "guided LED, $s$ = 0"
    case .guidedMapError: return "guided flow-map error"
    case .teacherEulerianLossAtZero: return "teacher's LED, $s$ = 0"
    case .teacherEulerianLoss: return "teacher's LED, $s$ < $t$"
    }
  }

  /// The name for tables in plain text.
  public var label: String {
    switch self {
    case .eulerianLossAtZero: return "LED, s = 0"
    case .eulerianLoss: return "LED, s < t"
    case .varianceTermAtZero: return "tr(∇f Σ ∇fᵀ), s = 0"
    case .varianceTerm: return "tr(∇f Σ ∇fᵀ), s < t"
    case .jacobianNormAtZero: return "‖∇f‖², s = 0"
    case .jacobianNorm: return "‖∇f‖², s < t"
    case .flowMapError: return "flow-map error"
    case .slicedWasserstein: return "sliced W2"
    case .energyDistance: return "energy distance"
    case .fractionInsideModes: return "fraction inside modes"
    case .guidedVelocityError: return "guided velocity error"
    case .guidedEulerianLossAtZero: return "guided LED, s = 0"
    case .guidedMapError: return "guided flow-map error"
    case .teacherEulerianLossAtZero: return "teacher's LED, s = 0"
    case .teacherEulerianLoss: return "teacher's LED, s < t"
    }
  }

  /// The key of the value for the parameters, or for their average with a decay.
  public func key(average decay: Double? = nil) -> String {
    decay.map { "average.\($0)/" + rawValue } ?? rawValue
  }

  /// The key of the standard error.
  public func errorKey(average decay: Double? = nil) -> String {
    key(average: decay) + ".standardError"
  }
}

extension MetricsRow {
  /// A metric with its standard error, or nil if the row has none of it.
  ///
  /// - Parameter decay: that of the parameters' average with this decay.
  public func estimate(of metric: Metric, average decay: Double? = nil) -> Estimate? {
    guard let value = self[metric.key(average: decay)],
      let error = self[metric.errorKey(average: decay)]
    else { return nil }
    return Estimate(value: value, standardError: error, count: 0)
  }
}
