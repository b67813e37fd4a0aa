// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// `‖f(x_t; t, s) − sg f(f(x_t; t, u); u, s)‖²` (PSD of arXiv 2505.18825): one step equals two.
struct ProgressiveSelfDistillation: ObjectiveTerm {
  let intermediate: IntermediateTime

  var name: String { "psd-\(intermediate.letter)" }
  var summary: String {
    "progressive self-distillation through \(intermediate.words) "
      + "(PSD-\(intermediate.letter.uppercased()))"
  }
  var teacher: TeacherKind { .own }

  func residual(_ context: ObjectiveContext) -> Tensor {
    let sample = context.sample
    let flowMap = context.flowMap
    let u = intermediate.time(sample)
    let halfway = flowMap.map(sample.noisy, from: sample.time, to: u)
    let target = flowMap.map(halfway, from: u, to: sample.endTime)
    let single = flowMap.map(sample.noisy, from: sample.time, to: sample.endTime)
    return single - stopGradient(target)
  }
}

/// Where the time between `s` and `t` lies.
enum IntermediateTime {
  case midpoint
  /// `s + r (t − s)` with the sample's uniform `r`.
  case uniform

  /// In the short names of objectives.
  var letter: String { self == .midpoint ? "m" : "u" }
  var words: String { self == .midpoint ? "the midpoint" : "a uniform time" }

  func fraction(_ sample: TrainingSample) -> Tensor {
    switch self {
    case .midpoint: return Tensor(0.5, shape: sample.time.shape)
    case .uniform: return sample.fraction
    }
  }

  func time(_ sample: TrainingSample) -> Tensor {
    sample.endTime + fraction(sample) * (sample.time - sample.endTime)
  }
}
