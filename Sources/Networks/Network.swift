// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A parametrised map from a point and two times to a vector of the point's shape: the `F` of a flow map
/// `f(x; t, s)`.
public protocol Network: Sendable {
  /// `d`, the dimension of the points.
  var dimension: Int { get }
  var layout: ParameterLayout { get }

  /// `F` on a block of rows.
  ///
  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - noisy: points, `[rows, d]`.
  ///   - time: the time of the points divided by `T`, `[rows, 1]`, in `[0, 1]`.
  ///   - endTime: the time to map to divided by `T`, `[rows, 1]`, in `[0, 1]`.
  /// - Returns: `[rows, d]`
  func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor
  ) -> Tensor

  /// Initial parameters, a vector in ``layout``; a function of the stream alone.
  func initialParameters(_ stream: RandomStream) -> [Double]
}
