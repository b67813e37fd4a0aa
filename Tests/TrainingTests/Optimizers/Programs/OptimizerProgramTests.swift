// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import RandomStreams
import Tensors
import Testing
import Training

@Suite struct OptimizerProgramTests {
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append("weight", [5, 7], .matrix)
    layout.append("bias", [7], .bias)
    layout.append("labels", [3, 5], .embedding)
    return layout
  }

  private func gradient(_ step: Int) -> [Double] {
    RandomStream(seed: UInt64(step), purpose: "test").normals(rows: 1, draws: layout.count)
      // Single precision holds them, so that both precisions are given the same.
      .map { Double(Float($0)) }
  }

  /// Parameters and state by the names of the program.
  private func start(_ program: OptimizerProgram) -> [String: [Double]] {
    var values: [String: [Double]] = [:]
    for entry in layout.entries {
      values["parameters/\(entry.name)"] = Array(gradient(99)[entry.range])
    }
    for entry in program.state.entries {
      let ofParameters = layout.entries.first {
        entry.name.hasPrefix("average.") && entry.name.hasSuffix("/\($0.name)")
      }
      values["state/\(entry.name)"] =
        ofParameters.map { Array(gradient(99)[$0.range]) }
        ?? [Double](repeating: 0, count: entry.shape.count)
    }
    return values
  }

  private func advance(
    _ values: inout [String: [Double]], _ program: OptimizerProgram, step: Int, rate: Double,
    scale: Double = 1, by run: ([String: [Double]]) throws -> [String: [Double]]
  ) throws {
    var inputs = values
    for entry in layout.entries {
      inputs["gradient/\(entry.name)"] = Array(gradient(step)[entry.range])
    }
    let numbers = program.optimizer.coefficients(step: step, rate: rate, gradientScale: scale)
    for name in StepCoefficients.Name.allCases {
      inputs["coefficients/\(name.rawValue)"] = [numbers[name]]
    }
    values.merge(try run(inputs)) { $1 }
  }

  private func vector(_ values: [String: [Double]], _ prefix: String) -> [Double] {
    layout.entries.flatMap { values["\(prefix)/\($0.name)"] ?? [] }
  }

  private func difference(_ left: [Double], _ right: [Double]) -> Double {
    #expect(left.count == right.count && !left.isEmpty)
    return zip(left, right).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
  }

  /// The largest difference of parameters and moments between program and kernel over some steps.
  private func disagreement<Scalar: EngineScalar & OptimizerScalar>(
    _ optimizer: Optimizer, _ decays: DecayedParameters, as type: Scalar.Type
  ) throws -> Double {
    let program = OptimizerProgram(optimizer, parameters: layout, decays: decays)
    let executable = Executable<Scalar>(rows: 1, pool: WorkerPool(threads: 1)) { _ in
      program.program
    }
    var values = start(program)
    var state = OptimizerState<Scalar>(optimizer, layout: layout, decays: decays)
    var parameters = gradient(99).map { Scalar($0) }
    var largest = 0.0
    for step in 1...20 {
      let (rate, scale) = (0.01 / Double(step), 0.5 + 0.1 * Double(step % 3))
      try advance(&values, program, step: step, rate: rate, scale: scale, by: executable.evaluate)
      let slopes = gradient(step).map { Scalar($0) }
      parameters.withUnsafeMutableBufferPointer { parameters in
        slopes.withUnsafeBufferPointer { slopes in
          state.step(
            parameters: parameters, gradient: slopes, rate: rate, gradientScale: scale)
        }
      }
      largest = max(
        largest, difference(vector(values, "parameters"), parameters.map { Double($0) }))
      for (name, moment) in state.vectors {
        largest = max(
          largest, difference(vector(values, "state/\(name)"), moment.map { Double($0) }))
      }
    }
    return largest
  }

  @Test(
    "the compiled program makes the kernel's step to a few roundings",
    arguments: Optimizer.defaults.filter(\.hasKernel) + [.sgd(momentum: 0.9)],
    DecayedParameters.allCases)
  func agreesWithKernels(optimizer: Optimizer, decays: DecayedParameters) throws {
    #expect(try disagreement(optimizer, decays, as: Double.self) < 20 * 2.3e-16)
    #expect(try disagreement(optimizer, decays, as: Float.self) < 20 * 1.2e-7)
  }

  @Test("clipping and averages in the program are those of the kernels")
  func clippingAndAverages() throws {
    let clipping = GradientClipping(maximumNorm: 7)
    let program = OptimizerProgram(
      .adamW(), parameters: layout, clipping: clipping, averageDecays: [0.9, 0.5])
    let executable = Executable<Double>(rows: 1, pool: WorkerPool(threads: 1)) { _ in
      program.program
    }
    var values = start(program)
    var parameters = gradient(99)
    var state = OptimizerState<Double>(.adamW(), count: layout.count)
    var averages = parameters.withUnsafeBufferPointer {
      ExponentialMovingAverage(decays: [0.9, 0.5], startingAt: $0)
    }
    var clipped = 0
    for step in 1...12 {
      try advance(&values, program, step: step, rate: 0.1, by: executable.evaluate)
      parameters.withUnsafeMutableBufferPointer { parameters in
        gradient(step).withUnsafeBufferPointer { gradient in
          let scale = clipping.scale(forNorm: euclideanNorm(gradient))
          clipped += scale < 1 ? 1 : 0
          state.step(
            parameters: parameters, gradient: gradient, rate: 0.1, gradientScale: scale)
        }
      }
      parameters.withUnsafeBufferPointer { averages.update(with: $0) }
    }
    #expect(clipped > 0 && clipped < 12)
    #expect(difference(vector(values, "parameters"), parameters) < 1e-13)
    for (name, average) in averages.vectors {
      #expect(difference(vector(values, "state/\(name)"), average) < 1e-13)
    }
  }

  @Test("the interpreter gives every rule's step the same meaning", arguments: Optimizer.defaults)
  func interpreted(optimizer: Optimizer) throws {
    let program = OptimizerProgram(
      optimizer, parameters: layout, clipping: GradientClipping(maximumNorm: 3),
      averageDecays: [0.75])
    let executable = Executable<Double>(rows: 1, pool: WorkerPool(threads: 1)) { _ in
      program.program
    }
    var (compiled, spelt) = (start(program), start(program))
    let traced = program.program
    for step in 1...8 {
      try advance(&compiled, program, step: step, rate: 0.1, by: executable.evaluate)
      try advance(&spelt, program, step: step, rate: 0.1) {
        try Interpreter().evaluate(traced, $0)
      }
    }
    for (name, found) in compiled { #expect(difference(found, spelt[name] ?? []) < 1e-12) }
  }

  @Test("piece by piece it is the step of the whole", arguments: Optimizer.defaults)
  func pieces(optimizer: Optimizer) throws {
    let program = OptimizerProgram(optimizer, parameters: layout)
    var (whole, pieces) = (start(program), start(program))
    let pool = WorkerPool(threads: 1)
    try advance(&whole, program, step: 1, rate: 0.1) {
      try Executable<Double>(rows: 1, pool: pool) { _ in program.program }.evaluate($0)
    }
    try advance(&pieces, program, step: 1, rate: 0.1) { inputs in
      var results: [String: [Double]] = [:]
      for entry in layout.entries {
        let part = program.program(of: [entry])
        let named = inputs.filter { name, _ in part.inputs.contains { $0.name == name } }
        results.merge(
          try Executable<Double>(rows: 1, pool: pool) { _ in part }.evaluate(named)
        ) { $1 }
      }
      return results
    }
    for (name, found) in whole { #expect(difference(found, pieces[name] ?? []) < 1e-14) }
  }
}
