// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks
public import Tensors

/// A loss that compares what a network says of a row with the row itself, or with its label: for networks beside
/// the flow map, as the classifier that judges samples.
public struct SupervisedLoss: Sendable {
  /// A block of rows of a batch as tensors.
  public struct Sample: Sendable {
    /// The points, `[rows, dimension]`.
    public let points: Tensor
    /// The class of each row, `[rows]`; nil where the source has none.
    public let labels: Tensor?
    /// Independent standard normal numbers, `[rows, noiseSize]`; nil where none are wanted.
    public let noise: Tensor?
  }

  /// The parameters' places.
  public let layout: ParameterLayout
  /// Normal numbers that each row is given, drawn anew in each step.
  public let noiseSize: Int
  /// The loss of each row, `[rows]`.
  let rowLosses: @Sendable (ParameterTensors, Sample) -> Tensor

  /// - Parameter rowLosses: the loss of each row of a sample, `[rows]`, on parameters in the layout.
  public init(
    layout: ParameterLayout, noiseSize: Int = 0,
    rowLosses: @escaping @Sendable (ParameterTensors, Sample) -> Tensor
  ) {
    precondition(noiseSize >= 0, "a row cannot have \(noiseSize) normal numbers")
    self.layout = layout
    self.noiseSize = noiseSize
    self.rowLosses = rowLosses
  }

  /// Names of the inputs of a batch.
  enum Input: String {
    case points
    case labels
    case noise
  }

  /// The mean loss of a block of rows, the mean squared loss and the gradient: a step before its update.
  func trainingStep(rows: Int, dimension: Int, hasLabels: Bool) -> Program {
    let parameters = layout.tensors()
    let points = Tensor.input(Input.points.rawValue, [rows, dimension])
    let labels = hasLabels ? Tensor.input(Input.labels.rawValue, [rows]) : nil
    let noise = noiseSize > 0 ? Tensor.input(Input.noise.rawValue, [rows, noiseSize]) : nil
    let losses = rowLosses(parameters, Sample(points: points, labels: labels, noise: noise))
    precondition(losses.shape == [rows], "a loss of \(losses.shape) for \(rows) rows")
    let loss = mean(losses)
    let gradients = gradient(of: loss, withRespectTo: parameters.tensors)
    let batch: [(role: Program.InputRole, tensor: Tensor)] =
      [points, labels, noise].compactMap { $0.map { (.perRow, $0) } }
    return Program(
      rows: rows, inputs: batch + parameters.inputs,
      outputs: [("loss", .mean, loss), ("squaredLoss", .mean, mean(losses * losses))]
        + parameters.outputs(gradients, role: .mean, prefix: "gradient"))
  }
}

extension ConvolutionalClassifier {
  /// The cross-entropy of the class of each row.
  ///
  /// - Precondition: rows have labels, and points are images of the network's size.
  public var supervisedLoss: SupervisedLoss {
    SupervisedLoss(layout: layout) { parameters, sample in
      guard let labels = sample.labels else {
        preconditionFailure("a classifier is taught by labels, and the source has none")
      }
      return crossEntropies(parameters, images: sample.points, labels: labels)
    }
  }
}
