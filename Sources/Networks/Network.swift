// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams
public import Tensors

/// A parametrised map from a point, two times and conditions to a vector of the point's shape: the `F` of a
/// flow map `f(x; t, s)`.
public protocol Network: Sendable {
  /// `d`, the dimension of the points.
  var dimension: Int { get }
  /// The number of classes, numbered from 0; 0 if the network is told none.
  var classCount: Int { get }
  /// Numbers of an observation; 0 if the network takes none.
  var observationSize: Int { get }
  /// Whether the network is told the scale of guidance, so that one network holds the guided flows of many.
  var takesGuidance: Bool { get }
  var layout: ParameterLayout { get }

  /// `F` on a block of rows.
  ///
  /// - Parameters:
  ///   - parameters: tensors in ``layout``.
  ///   - noisy: points, `[rows, d]`.
  ///   - time: the time of the points divided by `T`, `[rows, 1]`, in `[0, 1]`.
  ///   - endTime: the time to map to divided by `T`, `[rows, 1]`, in `[0, 1]`.
  ///   - conditions: a label where there are classes, an observation where one is taken, a scale of guidance where
  ///     it is. A network with classes that is given no label takes every row as one without a class; one that
  ///     takes guidance and is given none, a scale of 1.
  /// - Returns: `[rows, d]`
  func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor,
    conditions: Conditions
  ) -> Tensor

  /// Initial parameters, a vector in ``layout``; a function of the stream alone.
  func initialParameters(_ stream: RandomStream) -> [Double]
}

extension Network {
  public var classCount: Int { 0 }
  public var observationSize: Int { 0 }
  public var takesGuidance: Bool { false }

  /// `∅`, the label of a row whose class is not told.
  public var nullLabel: Int { classCount }

  /// `F` without conditions.
  public func callAsFunction(
    _ parameters: ParameterTensors, noisy: Tensor, time: Tensor, endTime: Tensor
  ) -> Tensor {
    self(parameters, noisy: noisy, time: time, endTime: endTime, conditions: .none)
  }

  /// The label of each row, `[rows]`: the one that is told, ``nullLabel`` where none is; nil if the network
  /// has no classes.
  func label(in conditions: Conditions, rows: Int) -> Tensor? {
    guard classCount > 0 else { return nil }
    return conditions.label ?? Tensor(Double(nullLabel), shape: [rows])
  }

  /// `1 - 1/ω` of each row, `[rows, 1]`, in `[0, 1)` as times are for scales of at least 1; nil if the network takes
  /// no guidance.
  func guidance(in conditions: Conditions, rows: Int) -> Tensor? {
    guard takesGuidance else { return nil }
    return 1 - 1 / (conditions.guidance ?? .ones([rows, 1]))
  }

  /// The observation, if the network takes one.
  ///
  /// - Precondition: it is given then, `[rows, observationSize]`.
  func observation(in conditions: Conditions) -> Tensor? {
    guard observationSize > 0 else { return nil }
    guard let observation = conditions.observation else {
      fatalError("a network that takes an observation of \(observationSize) numbers is given none")
    }
    return observation
  }
}
