// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Distributions for the initial weights of a linear layer; biases start at zero.
public enum Initializer: String, CaseIterable, Sendable, Codable {
  /// Normal with variance `1 / inputs` (LeCun et al. 1998).
  case lecunNormal
  /// Normal with variance `2 / inputs` (He et al. 2015).
  case heNormal
  /// Uniform with variance `2 / (inputs + outputs)` (Glorot and Bengio 2010).
  case glorotUniform

  /// A matrix `[inputs, outputs]`, row-major.
  public func matrix(inputs: Int, outputs: Int, _ stream: RandomStream) -> [Double] {
    switch self {
    case .lecunNormal:
      return scaled(stream.normals(rows: inputs, draws: outputs), (1 / Double(inputs)).squareRoot())
    case .heNormal:
      return scaled(stream.normals(rows: inputs, draws: outputs), (2 / Double(inputs)).squareRoot())
    case .glorotUniform:
      let bound = (6 / Double(inputs + outputs)).squareRoot()
      return stream.uniforms(rows: inputs, draws: outputs).map { (2 * $0 - 1) * bound }
    }
  }

  private func scaled(_ values: [Double], _ factor: Double) -> [Double] {
    values.map { $0 * factor }
  }
}
