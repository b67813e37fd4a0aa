// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import LinearAlgebra
import Networks
import RandomStreams
import Tensors
import Testing

@testable import Training

/// Muon's step of a matrix against one written out with a singular value decomposition.
@Suite struct UpdateTraceTests {
  private struct Problem {
    let shape: [Int]
    let optimizer: Optimizer
    let parameters: Buffer<Double>
    let gradient: Buffer<Double>
    let compiled: CompiledOptimizer<Double>

    init(_ shape: [Int], _ optimizer: Optimizer, decays: DecayedParameters = .all) {
      self.shape = shape
      self.optimizer = optimizer
      var layout = ParameterLayout()
      layout.append("weight", [shape[0], shape[1]], .matrix)
      parameters = Buffer(
        RandomStream(seed: 1, purpose: "test").normals(rows: shape[0], draws: shape[1]))
      gradient = Buffer(count: layout.count)
      compiled = CompiledOptimizer(
        OptimizerProgram(optimizer, parameters: layout, decays: decays), parameters: parameters,
        gradient: gradient, engine: NativeEngine(pool: WorkerPool(threads: 1)))
    }

    func slopes(_ step: Int) -> [Double] {
      RandomStream(seed: UInt64(step), purpose: "test")
        .normals(rows: shape[0], draws: shape[1])
    }
  }

  /// The published iteration through singular values.
  private func orthogonal(_ values: [Double], _ shape: [Int]) throws -> [Double] {
    let matrix = DenseMatrix(rowByRow: values, rows: shape[0], columns: shape[1])
    let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-7
    let (left, singular, right) = try matrix.singularValueDecomposition()
    var scaled = left
    for column in 0..<left.columns {
      let value = NewtonSchulz.published.singularValue(singular[column] / norm)
      for row in 0..<left.rows { scaled[row, column] *= value }
    }
    return (scaled * right).transposed.elements
  }

  @Test(
    "Muon and NorMuon follow their published recurrences",
    arguments: [[4, 9], [9, 4], [6, 6]], [Optimizer.muon(weightDecay: 0.1), .norMuon])
  func recurrence(shape: [Int], optimizer: Optimizer) throws {
    guard case .muon(let momentum, let neuronDecay, let weightDecay, _, _, _) = optimizer else {
      return
    }
    let problem = Problem(shape, optimizer)
    let (rows, columns) = (shape[0], shape[1])
    var expected = problem.parameters.values
    var velocity = [Double](repeating: 0, count: rows * columns)
    var neurons = [Double](repeating: 0, count: columns)
    for step in 1...6 {
      let rate = 0.1 / Double(step)
      let slopes = problem.slopes(step)
      problem.gradient.assign(slopes)
      problem.compiled.step(rate: rate, gradientScale: 0.5)
      var nesterov = velocity
      for i in velocity.indices {
        velocity[i] = momentum * velocity[i] + (1 - momentum) * 0.5 * slopes[i]
        nesterov[i] = momentum * velocity[i] + (1 - momentum) * 0.5 * slopes[i]
      }
      var direction = try orthogonal(nesterov, shape)
      if let neuronDecay {
        for column in 0..<columns {
          let squares = (0..<rows).reduce(0.0) {
            $0 + direction[$1 * columns + column] * direction[$1 * columns + column]
          }
          neurons[column] =
            neuronDecay * neurons[column] + (1 - neuronDecay) * squares / Double(rows)
          for row in 0..<rows {
            direction[row * columns + column] /= neurons[column].squareRoot() + 1e-10
          }
        }
        let norm = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let size = 0.2 * Double(rows * columns).squareRoot() / norm
        direction = direction.map { $0 * size }
        let mean = direction.reduce(0) { $0 + $1 * $1 } / Double(rows * columns)
        #expect(abs(mean.squareRoot() - 0.2) < 1e-12)
      } else {
        direction = direction.map { $0 * 0.2 * Double(max(rows, columns)).squareRoot() }
      }
      for i in expected.indices {
        expected[i] = (1 - rate * weightDecay) * expected[i] - rate * direction[i]
      }
      let found = problem.parameters.values
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }
  }

  @Test(
    "the direction does not depend on the gradient's size", arguments: [Optimizer.muon(), .norMuon])
  func scaleFree(optimizer: Optimizer) {
    func step(scale: Double) -> [Double] {
      let problem = Problem([5, 3], optimizer)
      problem.gradient.assign(problem.slopes(3))
      problem.compiled.step(rate: 0.1, gradientScale: scale)
      return problem.parameters.values
    }
    #expect(zip(step(scale: 100), step(scale: 1)).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("a matrix without a gradient only decays", arguments: [Optimizer.muon(), .norMuon])
  func noGradient(optimizer: Optimizer) {
    let problem = Problem([5, 3], optimizer)
    let before = problem.parameters.values
    problem.compiled.step(rate: 0.5, gradientScale: 1)
    let kept = 1 - 0.5 * 0.01
    #expect(
      zip(problem.parameters.values, before).allSatisfy { abs($0 - kept * $1) < 1e-15 })
  }

  @Test("what is no matrix is stepped by AdamW")
  func theRest() {
    var layout = ParameterLayout()
    layout.append("bias", [11], .bias)
    layout.append("labels", [3, 4], .embedding)
    let start = RandomStream(seed: 1, purpose: "test").normals(rows: 1, draws: layout.count)
    for decays in DecayedParameters.allCases {
      let parameters = Buffer<Double>(start)
      let gradient = Buffer<Double>(count: layout.count)
      let compiled = CompiledOptimizer(
        OptimizerProgram(.norMuon, parameters: layout, decays: decays), parameters: parameters,
        gradient: gradient, engine: NativeEngine(pool: WorkerPool(threads: 1)))
      let reference = Buffer<Double>(start)
      var state = OptimizerState<Double>(
        .adamW(beta2: 0.95, epsilon: 1e-10, weightDecay: 0.01), layout: layout, decays: decays)
      for step in 1...9 {
        gradient.assign(
          RandomStream(seed: UInt64(step), purpose: "test").normals(rows: 1, draws: layout.count))
        compiled.step(rate: 0.1, gradientScale: 0.3)
        state.step(
          parameters: reference.elements, gradient: UnsafeBufferPointer(gradient.elements),
          rate: 0.1, gradientScale: 0.3)
      }
      #expect(zip(parameters.values, reference.values).allSatisfy { abs($0 - $1) < 1e-13 })
    }
  }
}
