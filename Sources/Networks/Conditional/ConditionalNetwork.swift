// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A network that is told the class of each point, or that it has none.
public protocol ConditionalNetwork: Sendable {
  /// `d`, the dimension of the points.
  var dimension: Int { get }
  /// The number of classes; they are numbered from 0.
  var classCount: Int { get }
  var layout: ParameterLayout { get }

  /// `F(·; ·, ·, c)` on a block of rows.
  ///
  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - noisy: points, `[rows, d]`.
  ///   - time: the time of the points divided by `T`, `[rows, 1]`.
  ///   - endTime: the time to map to divided by `T`, `[rows, 1]`.
  ///   - label: the class, `[rows]`, a whole number in `0 ... classCount`; ``nullLabel`` for none.
  /// - Returns: `[rows, d]`
  func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor, label: Tensor
  ) -> Tensor

  /// Initial parameters, a vector in ``layout``; a function of the stream alone.
  func initialParameters(_ stream: RandomStream) -> [Double]
}

extension ConditionalNetwork {
  /// `∅`, the label of a point whose class is not told.
  public var nullLabel: Int { classCount }
}
