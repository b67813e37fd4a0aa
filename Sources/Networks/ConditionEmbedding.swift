// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import RandomStreams
internal import Tensors

/// The two times, the class and the observation of a row as one vector: each time through a perceptron of two layers
/// (`time`, `endTime`), the class as a row of a table of one more for none (`labels`), the observation through a linear
/// layer (`observation`), all added.
struct ConditionEmbedding {
  let timeFeatures: TimeFeatures
  let parameters: ParameterTensors

  /// - Parameters:
  ///   - time: `[rows, 1]`, as is the next.
  ///   - label: `[rows]`, where there are classes.
  ///   - observation: `[rows, observationSize]`, where one is taken.
  /// - Returns: `[rows, width]`
  func callAsFunction(
    time: Tensor, endTime: Tensor, label: Tensor?, observation: Tensor?
  ) -> Tensor {
    var embedding = embedded(time, "time") + embedded(endTime, "endTime")
    if let label { embedding = embedding + parameters["labels"].rows(at: label) }
    if let observation { embedding = embedding + linear(observation, "observation") }
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
