// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A perceptron with a learned row for each class, and one for `∅`, added to what enters its first
/// activation: the same as one more group of inputs, the one-hot class.
public struct ConditionalPerceptron: ConditionalNetwork, Equatable {
  public let perceptron: MultilayerPerceptron
  public let classCount: Int

  /// - Precondition: there is a class.
  public init(_ perceptron: MultilayerPerceptron = MultilayerPerceptron(), classCount: Int) {
    precondition(classCount > 0, "a conditional network needs a class, got \(classCount)")
    self.perceptron = perceptron
    self.classCount = classCount
  }

  public var dimension: Int { perceptron.dimension }

  /// The perceptron's layout with the table `labels`, `[classCount + 1, width]`, behind it.
  public var layout: ParameterLayout {
    var layout = perceptron.layout
    layout.append("labels", [classCount + 1, perceptron.width])
    return layout
  }

  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor, label: Tensor
  ) -> Tensor {
    perceptron.output(
      parameters, noisy: noisy, time: time, endTime: endTime,
      shift: parameters["labels"].rows(at: label))
  }

  public func initialParameters(_ stream: RandomStream) -> [Double] {
    perceptron.initialParameters(stream)
      + perceptron.initializer.matrix(
        inputs: classCount + 1, outputs: perceptron.width, stream.appending("labels"))
  }
}
