// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import RandomStreams
import Testing

@testable import Training

@Suite struct CompiledOptimizerTests {
  private let layout = MultilayerPerceptron(width: 12, depth: 2, classCount: 2).layout

  private struct Training<Scalar: EngineScalar & OptimizerScalar> {
    let parameters: Buffer<Scalar>
    let gradient: Buffer<Scalar>
    let compiled: CompiledOptimizer<Scalar>

    init(_ optimizer: Optimizer, _ layout: ParameterLayout, threads: Int) {
      parameters = Buffer(
        RandomStream(seed: 1, purpose: "test").normals(rows: 1, draws: layout.count))
      gradient = Buffer(count: layout.count)
      compiled = CompiledOptimizer(
        OptimizerProgram(optimizer, parameters: layout), parameters: parameters,
        gradient: gradient, engine: NativeEngine(pool: WorkerPool(threads: threads)))
    }

    func advance(_ steps: ClosedRange<Int>) {
      for step in steps {
        gradient.assign(
          RandomStream(seed: UInt64(step), purpose: "test").normals(rows: 1, draws: gradient.count))
        compiled.step(rate: 0.01, gradientScale: 0.7)
      }
    }
  }

  @Test("the threads change no bit", arguments: Optimizer.defaults)
  func threads(optimizer: Optimizer) {
    let alone = Training<Float>(optimizer, layout, threads: 1)
    alone.advance(1...5)
    for threads in [2, 3] {
      let shared = Training<Float>(optimizer, layout, threads: threads)
      shared.advance(1...5)
      #expect(shared.parameters.values == alone.parameters.values)
      #expect(shared.compiled.vectors.map(\.values) == alone.compiled.vectors.map(\.values))
    }
  }

  @Test("a restored state continues bit for bit", arguments: Optimizer.defaults)
  func restored(optimizer: Optimizer) throws {
    let whole = Training<Float>(optimizer, layout, threads: 1)
    whole.advance(1...5)
    let resumed = Training<Float>(optimizer, layout, threads: 2)
    resumed.parameters.assign(whole.parameters.values)
    try resumed.compiled.restore(
      stepCount: whole.compiled.stepCount,
      vectors: Dictionary(
        uniqueKeysWithValues: whole.compiled.vectors.map { ($0.name, $0.values) }))
    whole.advance(6...9)
    resumed.advance(6...9)
    #expect(resumed.parameters.values == whole.parameters.values)
    #expect(resumed.compiled.stepCount == 9)
  }

  @Test("a state with a missing, short or negative part is refused and leaves the state unchanged")
  func restoreIsChecked() throws {
    let training = Training<Double>(.muon(), layout, threads: 1)
    training.advance(1...2)
    let before = training.compiled.vectors.map(\.values)
    var vectors = Dictionary(
      uniqueKeysWithValues: training.compiled.vectors.map { ($0.name, $0.values.map { 2 * $0 }) })
    #expect(throws: OptimizerError.stepCount(-1)) {
      try training.compiled.restore(stepCount: -1, vectors: vectors)
    }
    vectors["secondMoment"] = [1]
    let vectorCount = layout.entries.filter { $0.role != .matrix }
      .reduce(0) { $0 + $1.range.count }
    #expect(
      throws: OptimizerError.vectorLength(name: "secondMoment", found: 1, expected: vectorCount)
    ) { try training.compiled.restore(stepCount: 1, vectors: vectors) }
    vectors["secondMoment"] = nil
    #expect(
      throws: OptimizerError.missingVector(name: "secondMoment", available: ["firstMoment"])
    ) { try training.compiled.restore(stepCount: 1, vectors: vectors) }
    #expect(training.compiled.vectors.map(\.values) == before)
    #expect(training.compiled.stepCount == 2)
  }
}
