// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Interpolants
public import Networks
public import Tensors

/// What can be read of a flow map at points `x` and times `(t, s)`, a value for each row.
public enum FlowMapReading: String, Sendable, Hashable {
  /// `f(x; t, s)`, `[rows, d]`.
  case mapped
  /// `F(x; t, s)`, `[rows, d]`.
  case field
  /// `F(x; t, t)`, `[rows, d]`.
  case velocity
  /// `D_w f` along the given velocity `w`, `[rows, d]`.
  case totalDerivative
  /// `‖D_w f‖²`, `[rows]`.
  case squaredTotalDerivative
  /// `‖A'(w − F)/ν‖²`, `[rows]`.
  case squaredFlowMatchingPart
  /// `‖(A''x − A dF)/ν‖²`, `[rows]`.
  case squaredLinearizationPart
  /// `∂_t f + ∇f · F(x; t, t)`, `[rows, d]`.
  case eulerianResidual
  /// `F(f; s, s)`, `[rows, d]`.
  case endVelocity
  /// `∂_s f − F(f; s, s)`, `[rows, d]`.
  case lagrangianResidual
  /// `∇_x f`, entry `[i][j]` being `∂f_i/∂x_j`: `[rows, d, d]`.
  case spatialJacobian
  /// `∇_x F(x; t, t)`, as ``spatialJacobian``.
  case velocityJacobian
  /// `‖∇f‖_F²`, `[rows]`.
  case squaredJacobian
  /// `tr(∇f Σ ∇fᵀ)` with the given covariance `Σ`, `[rows]`.
  case varianceTerm

  /// Whether the reading takes ``FlowMapPoint/velocity``.
  var needsVelocity: Bool {
    switch self {
    case .totalDerivative, .squaredTotalDerivative, .squaredFlowMatchingPart,
      .squaredLinearizationPart:
      return true
    default: return false
    }
  }

  /// The name of the output in a program. Inputs may bear the same word.
  var outputName: String { "reading/\(rawValue)" }
}

/// A flow map at a block of points, from which readings are traced inside any program.
public struct FlowMapPoint {
  let flowMap: FlowMap
  let x: Tensor
  let t: Tensor
  let s: Tensor
  let velocity: Tensor?
  let covariance: Tensor?

  /// - Parameters:
  ///   - x: `[rows, d]`, the times `[rows, 1]`.
  ///   - velocity: `w`, `[rows, d]`, for readings along a velocity.
  ///   - covariance: `Σ`, `[rows, d, d]`, for the variance term.
  public init(
    _ flowMap: FlowMap, _ x: Tensor, from t: Tensor, to s: Tensor, velocity: Tensor? = nil,
    covariance: Tensor? = nil
  ) {
    self.flowMap = flowMap
    self.x = x
    self.t = t
    self.s = s
    self.velocity = velocity
    self.covariance = covariance
  }

  /// - Precondition: the velocity or the covariance that the reading needs was given.
  public func tensor(_ reading: FlowMapReading) -> Tensor {
    switch reading {
    case .mapped: return flowMap.map(x, from: t, to: s)
    case .field: return flowMap.field(x, from: t, to: s)
    case .velocity: return flowMap.velocity(x, at: t)
    case .totalDerivative: return flowMap.totalDerivative(x, from: t, to: s, along: given(velocity))
    case .squaredTotalDerivative: return squaredNorm(tensor(.totalDerivative))
    case .squaredFlowMatchingPart: return squaredNorm(parts.flowMatching)
    case .squaredLinearizationPart: return squaredNorm(parts.linearization)
    case .eulerianResidual:
      return flowMap.totalDerivative(x, from: t, to: s, along: tensor(.velocity))
    case .endVelocity: return flowMap.velocity(tensor(.mapped), at: s)
    case .lagrangianResidual:
      return flowMap.endTimeDerivative(x, from: t, to: s) - tensor(.endVelocity)
    case .spatialJacobian: return matrix(flowMap.spatialJacobian(x, from: t, to: s))
    case .velocityJacobian:
      let start = tensor(.velocity)
      return matrix(
        (0..<x.shape[1]).map { axis in
          let basis = (0..<x.shape[1]).map { $0 == axis ? 1.0 : 0 }
          return derivative(
            of: start,
            along: [x: Tensor(values: basis, shape: [1, x.shape[1]]).broadcast(to: x.shape)])
        })
    case .squaredJacobian: return square(transposedJacobian).sum([1, 2])
    case .varianceTerm:
      let jacobian = transposedJacobian
      return (matmul(given(covariance), jacobian) * jacobian).sum([1, 2])
    }
  }

  private var parts: (flowMatching: Tensor, linearization: Tensor) {
    flowMap.totalDerivativeParts(x, from: t, to: s, along: given(velocity))
  }

  /// Entry `[j][i]` is `∂f_i/∂x_j`: the derivatives of all coordinates in direction `j` lie together.
  private var transposedJacobian: Tensor {
    concatenate(
      flowMap.spatialJacobian(x, from: t, to: s).map {
        $0.reshaped(to: [x.shape[0], 1, x.shape[1]])
      }, axis: 1)
  }

  /// A column of derivatives in one coordinate of `x` becomes a column of each row's matrix.
  private func matrix(_ columns: [Tensor]) -> Tensor {
    concatenate(columns.map { $0.reshaped(to: [x.shape[0], x.shape[1], 1]) }, axis: 2)
  }

  private func given(_ tensor: Tensor?) -> Tensor {
    guard let tensor else {
      fatalError("this reading needs a velocity or a covariance, and the point has none")
    }
    return tensor
  }
}

/// Readings of a network's flow map, compiled once for a number of points.
public final class FlowMapReadings<Scalar: EngineScalar> {
  /// The inputs of a reading; a buffer each.
  public enum Input: String, CaseIterable, Sendable {
    /// `x`, `[rows, d]`.
    case points
    /// `t`, `[rows, 1]`.
    case time
    /// `s`, `[rows, 1]`.
    case endTime
    /// `w`, `[rows, d]`, where a reading needs it.
    case velocity
    /// `Σ`, `[rows, d, d]`, where a reading needs it.
    case covariance
    /// `c`, `[rows]`, where the network is told a class.
    case label
  }

  private let executable: Executable<Scalar>
  private let inputs: [Input: Buffer<Scalar>]

  /// - Parameters:
  ///   - tellsClasses: whether the network is told the class of each row, `Input/label`.
  ///   - guidance: the scale that a network which takes one is told in every row.
  ///   - parameters: read at every run.
  /// - Precondition: a network that is told classes has some.
  public init(
    _ readings: Set<FlowMapReading>, network: some Network, interpolant: any Interpolant,
    tellsClasses: Bool = false, guidance: Double = 1, parameters: Buffer<Scalar>, rows: Int,
    pool: WorkerPool
  ) {
    precondition(!tellsClasses || network.classCount > 0, "the network has no classes to be told")
    let d = network.dimension
    let wanted = readings.sorted { $0.rawValue < $1.rawValue }
    let takesVelocity = readings.contains(where: \.needsVelocity)
    let takesCovariance = readings.contains(.varianceTerm)
    executable = Executable(rows: rows, pool: pool) { rows in
      let tensors = network.layout.tensors()
      func input(_ input: Input, _ shape: Shape) -> Tensor { .input(input.rawValue, shape) }
      let (x, t, s) = (
        input(.points, [rows, d]), input(.time, [rows, 1]), input(.endTime, [rows, 1])
      )
      let velocity = takesVelocity ? input(.velocity, [rows, d]) : nil
      let covariance = takesCovariance ? input(.covariance, [rows, d, d]) : nil
      let label = tellsClasses ? input(.label, [rows]) : nil
      let flowMap = FlowMap(interpolant: interpolant, network: network, parameters: tensors)
        .given(
          Conditions(
            label: label,
            guidance: network.takesGuidance ? Tensor(guidance, shape: [rows, 1]) : nil))
      let point = FlowMapPoint(
        flowMap, x, from: t, to: s, velocity: velocity, covariance: covariance)
      return Program(
        rows: rows,
        inputs: [x, t, s, velocity, covariance, label].compactMap { $0 }.map { (.perRow, $0) }
          + tensors.inputs,
        outputs: wanted.map { ($0.outputName, .perRow, point.tensor($0)) })
    }
    executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
    var inputs: [Input: Buffer<Scalar>] = [:]
    for (input, width) in [
      (.points, d), (.time, 1), (.endTime, 1), (.velocity, takesVelocity ? d : 0),
      (.covariance, takesCovariance ? d * d : 0), (.label, tellsClasses ? 1 : 0),
    ] as [(Input, Int)] where width > 0 {
      let buffer = Buffer<Scalar>(count: rows * width)
      executable.bind(input: input.rawValue, to: buffer)
      inputs[input] = buffer
    }
    self.inputs = inputs
  }

  /// Sets an input, row-major. A single number stands for every row.
  public func assign(_ values: [Double], to input: Input) {
    guard let buffer = inputs[input] else { return }
    buffer.assign(
      values.count == 1 ? Array(repeating: values[0], count: buffer.count) : values)
  }

  /// - Throws: `EngineError`.
  public func run() throws(EngineError) { try executable.run() }

  /// What the last run found, row-major.
  public func values(_ reading: FlowMapReading) -> [Double] {
    executable.output(reading.outputName).values
  }
}
