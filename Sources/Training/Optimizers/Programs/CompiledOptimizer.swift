// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Networks
internal import Tensors

/// An ``OptimizerProgram`` compiled for a parameter vector, with its state.
///
/// Every parameter is a program of its own, so that threads share them out; none depends on another, and the
/// results on neither their order nor the number of threads.
final class CompiledOptimizer<Scalar: EngineScalar> {
  let program: OptimizerProgram
  /// Updates made so far.
  private(set) var stepCount = 0

  private let state: Buffer<Scalar>
  private let coefficients: Buffer<Scalar>
  private let pool: WorkerPool
  private let task: PoolTask

  /// - Parameters:
  ///   - parameters: the vector to update, in the program's layout.
  ///   - gradient: a vector of the same layout, read in each step.
  init(
    _ program: OptimizerProgram, parameters: Buffer<Scalar>, gradient: Buffer<Scalar>,
    pool: WorkerPool
  ) {
    let state = Buffer<Scalar>(count: program.state.count)
    let coefficients = Buffer<Scalar>(count: StepCoefficients.Name.allCases.count)
    // One thread for each program: they run side by side.
    let alone = WorkerPool(threads: 1)
    let executables = program.parameters.entries.map { entry in
      let executable = Executable<Scalar>(rows: 1, pool: alone) { _ in program.program(of: [entry])
      }
      for (index, name) in StepCoefficients.Name.allCases.enumerated() {
        executable.bind(
          input: "\(OptimizerProgram.coefficientsPrefix)/\(name.rawValue)", to: coefficients,
          offset: index)
      }
      executable.bind(
        input: "\(OptimizerProgram.gradientPrefix)/\(entry.name)", to: gradient,
        offset: entry.offset)
      // Outputs are written when everything is read: they may take the place of the inputs.
      let name = "\(OptimizerProgram.parametersPrefix)/\(entry.name)"
      executable.bind(input: name, to: parameters, offset: entry.offset)
      executable.bind(output: name, to: parameters, offset: entry.offset)
      for (moment, _) in program.optimizer.moments(of: entry) {
        let part = "\(moment.rawValue)/\(entry.name)"
        guard let place = program.state.index(of: part) else {
          preconditionFailure("the state has no \(part)")
        }
        let offset = program.state.entries[place].offset
        let name = "\(OptimizerProgram.statePrefix)/\(part)"
        executable.bind(input: name, to: state, offset: offset)
        executable.bind(output: name, to: state, offset: offset)
      }
      executable.prepare()
      return executable
    }
    self.program = program
    self.state = state
    self.coefficients = coefficients
    self.pool = pool
    task = PoolTask { index, _ in
      do {
        try executables[index].run()
      } catch {
        preconditionFailure("an update looks up no rows: \(error)")
      }
    }
  }

  /// Updates the parameters in place.
  func step(rate: Double, gradientScale: Double) {
    stepCount += 1
    let numbers = program.optimizer.coefficients(
      step: stepCount, rate: rate, gradientScale: gradientScale)
    for index in StepCoefficients.Name.allCases.indices {
      coefficients[index] = Scalar(numbers[StepCoefficients.Name.allCases[index]])
    }
    pool.run(task, tasks: program.parameters.entries.count)
  }

  /// The parts of the state by name.
  var vectors: [(name: String, values: [Scalar])] {
    program.state.entries.map { entry in (entry.name, Array(state.elements[entry.range])) }
  }

  /// Takes up a saved state; on failure the state is unchanged.
  ///
  /// - Throws: ``OptimizerError`` for a step count below zero, a missing part or a wrong length.
  func restore(stepCount: Int, vectors: [String: [Scalar]]) throws(OptimizerError) {
    guard stepCount >= 0 else { throw .stepCount(stepCount) }
    var values: [Scalar] = []
    values.reserveCapacity(state.count)
    for entry in program.state.entries {
      guard let saved = vectors[entry.name] else {
        throw .missingVector(name: entry.name, available: Array(vectors.keys))
      }
      guard saved.count == entry.shape.count else {
        throw .vectorLength(name: entry.name, found: saved.count, expected: entry.shape.count)
      }
      values += saved
    }
    for (index, value) in values.enumerated() { state[index] = value }
    self.stepCount = stepCount
  }
}
