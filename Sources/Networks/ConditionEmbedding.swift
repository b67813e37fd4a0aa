// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams
internal import Tensors

/// The two times and what a row is told as one vector: each time through a perceptron of two layers (`time`, `endTime`),
/// the class as a row of a table of one more for none (`labels`), the scale of guidance as a time (`guidance`), the
/// observation through a linear layer (`observation`), all added.
struct ConditionEmbedding {
  let timeFeatures: TimeFeatures
  let parameters: ParameterTensors

  /// - Parameters:
  ///   - time: `[rows, 1]`, as is the next.
  ///   - told: what the network takes of a label `[rows]`, guidance `[rows, 1]` in `[0, 1)` and an observation
  ///     `[rows, observationSize]`.
  /// - Returns: `[rows, width]`
  func callAsFunction(time: Tensor, endTime: Tensor, told: Conditions) -> Tensor {
    var embedding = embedded(time, "time") + embedded(endTime, "endTime")
    if let label = told.label { embedding = embedding + parameters["labels"].rows(at: label) }
    if let observation = told.observation {
      embedding = embedding + linear(observation, "observation")
    }
    if let guidance = told.guidance { embedding = embedding + embedded(guidance, "guidance") }
    return embedding
  }

  /// A time as a vector: `[rows, 1]` to `[rows, width]`.
  private func embedded(_ time: Tensor, _ name: String) -> Tensor {
    linear(silu(linear(timeFeatures(time), "\(name).0")), "\(name).1")
  }

  private func linear(_ x: Tensor, _ name: String) -> Tensor {
    matmul(x, parameters["\(name).weight"]) + parameters["\(name).bias"]
  }

  /// Initial weights of a layer of the embedding: normal of deviation 0.02, `[inputs, outputs]`.
  static func matrix(inputs: Int, outputs: Int, _ stream: RandomStream) -> [Double] {
    stream.normals(rows: inputs, draws: outputs).map { 0.02 * $0 }
  }
}
