// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Networks
internal import Tensors

/// A running mean that an optimiser keeps, by the name it has in checkpoints.
enum Moment: String, CaseIterable {
  /// Of the gradient; the velocity of gradient descent with momentum.
  case first = "firstMoment"
  /// Of the squared gradient; NorMuon's of the squares of each neuron.
  case second = "secondMoment"
}

extension Optimizer {
  /// The moments that are kept of one parameter, with their shapes.
  func moments(of entry: ParameterLayout.Entry) -> [(moment: Moment, shape: Shape)] {
    let both: [(moment: Moment, shape: Shape)] = [(.first, entry.shape), (.second, entry.shape)]
    switch self {
    case .adam, .adamW, .radam:
      return both
    case .sgd(let momentum):
      return momentum == 0 ? [] : [(.first, entry.shape)]
    case .muon(_, let neuronDecay, _, _, _, _):
      guard entry.role == .matrix else { return both }
      return [(.first, entry.shape)]
        + (neuronDecay == nil ? [] : [(.second, [1, entry.shape[1]])])
    }
  }
}
