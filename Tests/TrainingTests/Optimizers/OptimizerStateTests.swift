// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import Tensors
import Testing
import Training

/// The rules that have a kernel.
private let withKernels = Optimizer.defaults.filter(\.hasKernel)

@Suite struct OptimizerStateTests {
  @Test("Adam follows the recurrence of the paper for 100 steps")
  func adamFollowsItsRecurrence() {
    let (beta1, beta2, epsilon, rate) = (0.9, 0.999, 1e-8, 1e-2)
    let problem = Quadratic(count: 37)
    var expected = problem.start
    var first = [Double](repeating: 0, count: 37)
    var second = first
    var power1 = 1.0
    var power2 = 1.0
    for _ in 0..<100 {
      let gradient = problem.gradient(at: expected)
      power1 *= beta1
      power2 *= beta2
      for i in expected.indices {
        first[i] = beta1 * first[i] + (1 - beta1) * gradient[i]
        second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] * gradient[i]
        let mean = first[i] / (1 - power1)
        let spread = (second[i] / (1 - power2)).squareRoot()
        expected[i] -= rate * mean / (spread + epsilon)
      }
    }
    let found = problem.run(.adam(), rate: rate, steps: 100)
    #expect(largestDifference(found, expected) < 1e-14)
    #expect(largestDifference(found, problem.start) > 0.5)
  }

  @Test("The first Adam step has the length of the learning rate in every coordinate")
  func firstAdamStepIsTheSign() {
    let problem = Quadratic(count: 9)
    let found = problem.run(.adam(epsilon: 1e-300), rate: 0.25, steps: 1)
    for i in found.indices {
      let slope = problem.gradient(at: problem.start)[i]
      #expect(abs(problem.start[i] - (slope > 0 ? 0.25 : -0.25) - found[i]) < 1e-15)
    }
  }

  @Test("AdamW shrinks the parameters outside the adaptive step")
  func decayIsDecoupled() {
    let rate = 0.01
    let weightDecay = 0.1
    var state = OptimizerState<Double>(.adamW(weightDecay: weightDecay), count: 3)
    var parameters = [1.0, -2, 1000]
    for _ in 0..<50 {
      parameters = stepped(&state, parameters, gradient: [0, 0, 0], rate: rate)
    }
    let factor = (0..<50).reduce(1.0) { product, _ in product * (1 - rate * weightDecay) }
    #expect(largestDifference(parameters, [factor, -2 * factor, 1000 * factor]) < 1e-10)

    let problem = Quadratic(count: 5)
    let plain = problem.run(.adam(), rate: rate, steps: 1)
    let decayed = problem.run(.adamW(weightDecay: weightDecay), rate: rate, steps: 1)
    for i in plain.indices {
      #expect(abs(plain[i] - decayed[i] - rate * weightDecay * problem.start[i]) < 1e-15)
    }
  }

  @Test(
    "decay spares what is no matrix, and leaves the moments and everything of a rule without decay as they were"
  )
  func sparedParameters() {
    var layout = ParameterLayout()
    layout.append("weight", [2, 3], .matrix)
    layout.append("bias", [3], .bias)
    layout.append("labels", [2, 3], .embedding)
    layout.append("second", [3, 1], .matrix)
    let problem = Quadratic(count: layout.count)
    func run(_ optimizer: Optimizer, _ decays: DecayedParameters) -> [Double] {
      var state = OptimizerState<Double>(optimizer, layout: layout, decays: decays)
      return (0..<9).reduce(problem.start) { point, _ in
        stepped(&state, point, gradient: problem.gradient(at: problem.start), rate: 0.1)
      }
    }
    let decayed = run(.adamW(weightDecay: 0.2), .all)
    let plain = run(.adam(), .all)
    let spared = run(.adamW(weightDecay: 0.2), .matrices)
    for entry in layout.entries {
      for index in entry.range {
        #expect(spared[index] == (entry.role == .matrix ? decayed : plain)[index])
        #expect(decayed[index] != plain[index])
      }
    }
    for optimizer in withKernels where optimizer.weightDecay == nil {
      #expect(run(optimizer, .matrices) == run(optimizer, .all))
    }
  }

  @Test("RAdam moves along the corrected first moment for five steps, then adapts")
  func rectificationSwitches() {
    let gradient = [3.0, -0.5]
    var state = OptimizerState<Double>(.radam(), count: 2)
    var parameters = [0.0, 0.0]
    for step in 1...10 {
      let before = parameters
      parameters = stepped(&state, parameters, gradient: gradient, rate: 0.1)
      // A constant gradient makes both corrected moments constant.
      let factor = Optimizer.rectification(step: step, beta2: 0.999)
      #expect((factor == nil) == (step <= 5))
      for i in 0..<2 {
        let direction = factor.map { $0 * (gradient[i] > 0 ? 1 : -1) } ?? gradient[i]
        #expect(abs(before[i] - 0.1 * direction - parameters[i]) < 1e-8)
      }
    }
  }

  @Test("Momentum sums the geometric series of a constant gradient")
  func momentumClosedForm() {
    var state = OptimizerState<Double>(.sgd(momentum: 0.5), count: 1)
    var parameters = [0.0]
    for _ in 0..<20 { parameters = stepped(&state, parameters, gradient: [2], rate: 0.125) }
    // Velocity n is 2 (1 - 2^-n) / (1/2); the parameters are minus the rate times their sum.
    let expected = -0.125 * 4 * (20 - (1 - 1 / 1_048_576.0))
    #expect(abs(parameters[0] - expected) < 1e-14)
  }

  @Test("Plain gradient descent keeps no moments and contracts a quadratic geometrically")
  func plainDescent() {
    var state = OptimizerState<Double>(.sgd(), count: 1)
    #expect(state.vectors.isEmpty)
    var parameters = [1.0]
    for _ in 0..<10 {
      parameters = stepped(&state, parameters, gradient: parameters, rate: 0.5)
    }
    #expect(parameters[0] == 1 / 1024.0)
  }

  @Test("Scaling the gradient equals passing the scaled gradient", arguments: withKernels)
  func gradientScale(optimizer: Optimizer) {
    var scaled = OptimizerState<Double>(optimizer, count: 2)
    var direct = scaled
    let left = stepped(&scaled, [1, 2], gradient: [4, -8], rate: 0.1, scale: 0.25)
    let right = stepped(&direct, [1, 2], gradient: [1, -2], rate: 0.1)
    #expect(left == right)
    #expect(left != [1, 2])
  }

  @Test("Float follows Double to single precision", arguments: withKernels)
  func floatFollowsDouble(optimizer: Optimizer) {
    var wide = OptimizerState<Double>(optimizer, count: 41)
    var narrow = OptimizerState<Float>(optimizer, count: 41)
    let problem = Quadratic(count: 41)
    var reference = problem.start
    var parameters = problem.start.map(Float.init)
    for step in 0..<100 {
      // One sequence of gradients for both, bounded away from zero.
      let gradient = problem.start.map { $0 + 2 + Double(step % 7) / 8 }
      reference = stepped(&wide, reference, gradient: gradient, rate: 1e-2)
      parameters = stepped(&narrow, parameters, gradient: gradient.map(Float.init), rate: 1e-2)
    }
    let scale = reference.map { abs($0) }.max() ?? 0
    #expect(largestDifference(parameters.map(Double.init), reference) < 100 * 1.2e-7 * scale)
  }

  @Test(
    "A restored state continues bit for bit", arguments: withKernels + [.sgd(momentum: 0.9)])
  func restoredStateContinues(optimizer: Optimizer) throws {
    let problem = Quadratic(count: 19)
    var state = OptimizerState<Double>(optimizer, count: 19)
    var parameters = problem.start
    func advance(_ state: inout OptimizerState<Double>, _ parameters: [Double], _ steps: Int)
      -> [Double]
    {
      (0..<steps).reduce(parameters) { current, _ in
        stepped(&state, current, gradient: problem.gradient(at: current), rate: 1e-2)
      }
    }
    parameters = advance(&state, parameters, 13)
    let saved = Dictionary(uniqueKeysWithValues: state.vectors.map { ($0.name, $0.values) })
    var resumed = OptimizerState<Double>(optimizer, count: 19)
    try resumed.restore(stepCount: state.stepCount, vectors: saved)
    let straight = advance(&state, parameters, 11)
    let continued = advance(&resumed, parameters, 11)
    #expect(straight == continued)
    #expect(resumed.stepCount == 24)
  }

  @Test("A state with a missing, short or negative part is refused and leaves the state unchanged")
  func restoreIsChecked() throws {
    var state = OptimizerState<Double>(.adam(), count: 2)
    _ = stepped(&state, [1, 2], gradient: [1, 1], rate: 0.1)
    let before = state.vectors.map(\.values)
    #expect(throws: OptimizerError.missingVector(name: "secondMoment", available: ["firstMoment"]))
    {
      try state.restore(stepCount: 3, vectors: ["firstMoment": [1, 2]])
    }
    #expect(throws: OptimizerError.vectorLength(name: "firstMoment", found: 1, expected: 2)) {
      try state.restore(stepCount: 3, vectors: ["firstMoment": [1], "secondMoment": [1, 2]])
    }
    #expect(throws: OptimizerError.stepCount(-1)) { try state.restore(stepCount: -1, vectors: [:]) }
    #expect(state.stepCount == 1)
    #expect(state.vectors.map(\.values) == before)
  }

  @Test("The bits of a parameter do not depend on its place in the vector")
  func placeDoesNotMatter() {
    // Places near the end are handled by the scalar remainder of the vector loops.
    for count in [1, 3, 17, 64, 77] {
      var state = OptimizerState<Float>(.adam(), count: count)
      var parameters = [Float](repeating: 0.7, count: count)
      for step in 1...5 {
        parameters = stepped(
          &state, parameters, gradient: [Float](repeating: 0.3 * Float(step), count: count),
          rate: 0.01)
      }
      #expect(Set(parameters).count == 1)
    }
  }

  @Test(
    "Threads that share a long vector change no bit",
    arguments: withKernels + [.sgd(momentum: 0.9)])
  func poolDoesNotMatter(optimizer: Optimizer) {
    let count = 50_001
    let gradient = (0..<count).map { Float(($0 * 31) % 101) / 50 - 1 }
    func run(_ pool: WorkerPool?) -> [[Float]] {
      var state = OptimizerState<Float>(optimizer, count: count)
      var parameters = [Float](repeating: 1, count: count)
      for step in 1...8 {
        let slopes = gradient.map { $0 * Float(step) }
        parameters = stepped(
          &state, parameters, gradient: slopes, rate: 0.01, scale: 0.7, pool: pool)
      }
      return [parameters] + state.vectors.map(\.values)
    }
    let alone = run(nil)
    for threads in [1, 2, 3] { #expect(run(WorkerPool(threads: threads)) == alone) }
    // One element on its own: the chunks leave none out and do none twice.
    for index in [0, 8191, 8192, 49_152, 50_000] {
      var state = OptimizerState<Float>(optimizer, count: 1)
      var parameter: [Float] = [1]
      for step in 1...8 {
        parameter = stepped(
          &state, parameter, gradient: [gradient[index] * Float(step)], rate: 0.01, scale: 0.7)
      }
      #expect(parameter[0] == alone[0][index])
    }
  }
}

/// A separable quadratic with curvatures from 1/2 to 2.
private struct Quadratic {
  let count: Int

  var start: [Double] { (0..<count).map { 1.5 + 0.5 * Double(($0 * 7) % 11) / 11 } }

  func gradient(at point: [Double]) -> [Double] {
    point.indices.map { (0.5 + 1.5 * Double($0) / Double(count)) * point[$0] }
  }

  func run(_ optimizer: Optimizer, rate: Double, steps: Int) -> [Double] {
    var state = OptimizerState<Double>(optimizer, count: count)
    return (0..<steps).reduce(start) { point, _ in
      stepped(&state, point, gradient: gradient(at: point), rate: rate)
    }
  }
}

private func stepped<Scalar: OptimizerScalar>(
  _ state: inout OptimizerState<Scalar>, _ parameters: [Scalar], gradient: [Scalar], rate: Double,
  scale: Double = 1, pool: WorkerPool? = nil
) -> [Scalar] {
  var parameters = parameters
  parameters.withUnsafeMutableBufferPointer { parameters in
    gradient.withUnsafeBufferPointer { gradient in
      state.step(
        parameters: parameters, gradient: gradient, rate: rate, gradientScale: scale, pool: pool)
    }
  }
  return parameters
}

private func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  zip(left, right).map { abs($0 - $1) }.max() ?? 0
}
