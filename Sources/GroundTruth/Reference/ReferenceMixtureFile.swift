// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Interpolants

/// Exact values of mixtures as computed by other programs: the JSON format of `mixture.json`.
public struct ReferenceMixtureFile: Sendable, Decodable {
  /// One mixture under one interpolant.
  public struct Entry: Sendable, Decodable {
    public let mixture: GaussianMixture
    public let interpolant: InterpolantKind
    public let points: [Point]
    /// Flow maps from `T` to 0.
    public let oneStep: [Step]

    private enum CodingKeys: String, CodingKey {
      case interpolant
      case points
      case oneStep
    }

    public init(from decoder: any Decoder) throws {
      mixture = try GaussianMixture(from: decoder)
      let container = try decoder.container(keyedBy: CodingKeys.self)
      interpolant = try container.decode(InterpolantKind.self, forKey: .interpolant)
      points = try container.decode([Point].self, forKey: .points)
      oneStep = try container.decode([Step].self, forKey: .oneStep)
    }
  }

  /// Values at `x`, time `t`, and of the flow map from `t` to `s`.
  public struct Point: Sendable, Decodable {
    public let x: [Double]
    public let t: Double
    public let s: Double
    public let logDensity: Double
    public let score: [Double]
    public let velocity: [Double]
    public let velocityCovariance: [[Double]]
    public let velocityJacobian: [[Double]]
    public let flowMap: [Double]
    public let flowMapJacobian: [[Double]]
  }

  public struct Step: Sendable, Decodable {
    public let x: [Double]
    public let t: Double
    public let s: Double
    public let flowMap: [Double]
  }

  public let entries: [Entry]

  public init(from decoder: any Decoder) throws {
    entries = try decoder.singleValueContainer().decode([Entry].self)
  }

  /// Reads a JSON file, and checks times and lengths so that ``check()`` can rely on them.
  public init(contentsOfFile file: String) throws(MixtureFileError) {
    self = try decodeFile(ReferenceMixtureFile.self, file)
    for (index, entry) in entries.enumerated() {
      if let (key, reason) = entry.firstFault {
        throw .wrongValue(file: file, key: "\(index).\(key)", reason: reason)
      }
    }
  }
}

// MARK: - Comparing

extension ReferenceMixtureFile {
  /// Compares every number of the file with the lab's own.
  ///
  /// The error of a number is `|got - want| / max(|want|, floor)`. The floor is only for numbers that
  /// vanish by symmetry or by cancellation, whose rounding errors are those of the terms they are made
  /// of: it is ``floor`` times the largest magnitude in the vector or matrix the number belongs to. Any
  /// larger number must agree in all digits down to the tolerance.
  ///
  /// - Parameter floor: larger only for points at the ends of the range, whose terms cancel further.
  /// - Throws: ``FlowMapError`` where a flow map of the file cannot be integrated.
  public func check(
    floor: Double = ReferenceMixtureFile.floor
  ) throws(FlowMapError) -> [ReferenceCheck] {
    var tallies = Quantity.allCases.map { Tally(quantity: $0, floor: floor) }
    func compare(_ quantity: Quantity, _ got: [Double], _ want: [Double]) {
      for index in tallies.indices where tallies[index].quantity == quantity {
        tallies[index].add(got, want)
      }
    }
    for entry in entries {
      let interpolant = entry.interpolant.interpolant
      let flowMap = ExactFlowMap(of: entry.mixture, interpolant: interpolant)
      for point in entry.points {
        let marginal = entry.mixture.marginal(at: point.t, interpolant)
        let flow = try flowMap.mapWithJacobian(point.x, from: point.t, to: point.s)
        compare(.logDensity, [marginal.logDensity(point.x)], [point.logDensity])
        compare(.score, marginal.score(point.x), point.score)
        compare(.velocity, marginal.velocity(point.x), point.velocity)
        compare(
          .velocityCovariance, Array(marginal.velocityCovariance(point.x).joined()),
          Array(point.velocityCovariance.joined()))
        compare(
          .velocityJacobian, Array(marginal.velocityJacobian(point.x).joined()),
          Array(point.velocityJacobian.joined()))
        compare(.flowMap, flow.value, point.flowMap)
        compare(
          .flowMapJacobian, Array(flow.jacobian.joined()), Array(point.flowMapJacobian.joined()))
      }
      for step in entry.oneStep {
        let got = try flowMap.map(step.x, from: step.t, to: step.s)
        compare(.oneStep, got, step.flowMap)
      }
    }
    return tallies.map(\.check)
  }

  /// See ``check()``: rounding of the terms, some 2e-16 of the largest number, becomes a fifth of the
  /// tolerance 1e-10.
  public static let floor = 1e-5
}

private enum Quantity: String, CaseIterable {
  case logDensity
  case score
  case velocity
  case velocityCovariance
  case velocityJacobian
  case flowMap
  case flowMapJacobian
  case oneStep

  var tolerance: Double {
    switch self {
    case .logDensity, .score, .velocity, .velocityCovariance, .velocityJacobian: return 1e-10
    case .flowMap, .flowMapJacobian, .oneStep: return 1e-8
    }
  }
}

private struct Tally {
  let quantity: Quantity
  let floor: Double
  var largestError = 0.0
  var count = 0

  mutating func add(_ got: [Double], _ want: [Double]) {
    precondition(got.count == want.count, "\(got.count) values against \(want.count)")
    let scale = want.reduce(0) { max($0, $1.magnitude) }
    for (got, want) in zip(got, want) {
      let size = max(want.magnitude, floor * scale)
      let difference = (got - want).magnitude
      let error = difference == 0 ? 0 : difference / size
      // Written so that NaN is kept.
      if !(error <= largestError) && !largestError.isNaN { largestError = error }
      count += 1
    }
  }

  var check: ReferenceCheck {
    ReferenceCheck(
      quantity: quantity.rawValue, largestError: largestError, tolerance: quantity.tolerance,
      count: count)
  }
}

// MARK: - Shapes and ranges

extension ReferenceMixtureFile.Entry {
  fileprivate var firstFault: (key: String, reason: String)? {
    let dimension = mixture.dimension
    for (index, point) in points.enumerated() {
      let fault =
        faultyTime("t", point.t) ?? faultyTime("s", point.s)
        ?? faultyVector("x", point.x, dimension) ?? faultyVector("score", point.score, dimension)
        ?? faultyVector("velocity", point.velocity, dimension)
        ?? faultyMatrix("velocityCovariance", point.velocityCovariance, dimension)
        ?? faultyMatrix("velocityJacobian", point.velocityJacobian, dimension)
        ?? faultyVector("flowMap", point.flowMap, dimension)
        ?? faultyMatrix("flowMapJacobian", point.flowMapJacobian, dimension)
      if let fault { return ("points.\(index).\(fault.key)", fault.reason) }
    }
    for (index, step) in oneStep.enumerated() {
      let fault =
        faultyTime("t", step.t) ?? faultyTime("s", step.s)
        ?? faultyVector("x", step.x, dimension)
        ?? faultyVector("flowMap", step.flowMap, dimension)
      if let fault { return ("oneStep.\(index).\(fault.key)", fault.reason) }
    }
    return nil
  }

  private func faultyTime(_ key: String, _ time: Double) -> (key: String, reason: String)? {
    let end = interpolant.interpolant.endTime
    return time >= 0 && time <= end
      ? nil : (key, "a time must lie in [0, \(end)], found \(time)")
  }
}

private func faultyVector(
  _ key: String, _ vector: [Double], _ size: Int
) -> (key: String, reason: String)? {
  vector.count == size ? nil : (key, "expected \(size) numbers, found \(vector.count)")
}

private func faultyMatrix(
  _ key: String, _ matrix: [[Double]], _ size: Int
) -> (key: String, reason: String)? {
  if matrix.count != size { return (key, "expected \(size) rows, found \(matrix.count)") }
  for (index, row) in matrix.enumerated() {
    if let fault = faultyVector("\(key).\(index)", row, size) { return fault }
  }
  return nil
}
