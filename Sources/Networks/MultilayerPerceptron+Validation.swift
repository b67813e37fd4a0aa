// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

extension MultilayerPerceptron {
  public static let validWidths = 1...65_536
  public static let validDepths = 1...1024

  /// Checks sizes that come from outside. The ranges of single sizes only keep their products countable; what
  /// limits a network is memory.
  ///
  /// - Parameter memory: bytes for the vectors of a training.
  /// - Throws: ``ConfigurationError``.
  public func validate(memory: Int = TrainingMemory.available) throws(ConfigurationError) {
    try ConfigurationError.check([
      ("dimension", dimension, 1...16_777_216), ("width", width, Self.validWidths),
      ("depth", depth, Self.validDepths), ("classes", classCount, 0...16_777_216),
      ("size of an observation", observationSize, 0...16_777_216),
    ])
    try timeFeatures.validate()
    try TrainingMemory.check(parameters: layout.count, memory: memory)
  }
}
