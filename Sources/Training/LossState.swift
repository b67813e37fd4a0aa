// Part of toylab. Licensed under Apache-2.0; see LICENSE.

package import Engines
internal import FlowMaps
internal import Networks

/// What a loss is computed from beside the batch and the network's parameters: the parameters of a learnt
/// weighting, those of an averaged and of a pretrained teacher, and the share of the training that is done. Parts that a loss
/// does not have are empty.
package struct LossState<Scalar: EngineScalar> {
  package static var weightPrefix: String { "weighting" }
  package static var weightGradientPrefix: String { "weightingGradient" }
  package static var teacherPrefix: String { "teacher" }
  package static var pretrainedPrefix: String { "pretrained" }
  package static var progressName: String { "progress" }

  package let weights: Buffer<Scalar>
  package let teacher: Buffer<Scalar>
  package let progress: Buffer<Scalar>
  private let pretrained: Buffer<Scalar>

  private let configuration: TrainingConfiguration

  /// Weights of zero, an averaged teacher of zero, nothing done.
  package init(_ configuration: TrainingConfiguration, pretrained: PretrainedParameters) {
    pretrained.requireFit(to: configuration)
    self.configuration = configuration
    weights = Buffer(count: configuration.loss.weightLayout.count)
    teacher = Buffer(
      count: configuration.loss.teacherDecay == nil ? 0 : configuration.network.layout.count)
    progress = Buffer(count: 1)
    self.pretrained = Buffer(
      configuration.loss.objective.needsExactVelocity ? pretrained.teacher : [])
  }

  package func bind(to executable: some CompiledProgram<Scalar>) {
    let loss = configuration.loss
    executable.bind(inputs: loss.weightLayout, prefix: Self.weightPrefix, to: weights)
    if teacher.count > 0 {
      executable.bind(
        inputs: configuration.network.layout, prefix: Self.teacherPrefix, to: teacher)
    }
    if let teacher = configuration.teacher, pretrained.count > 0 {
      executable.bind(
        inputs: teacher.network.layout, prefix: Self.pretrainedPrefix, to: pretrained)
    }
    if loss.dependsOnProgress { executable.bind(input: Self.progressName, to: progress) }
  }
}
