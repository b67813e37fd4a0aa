// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
internal import Networks
internal import Tensors

/// An ``OptimizerProgram`` compiled for a parameter vector, with its state.
///
/// Where the host's threads run programs side by side, every parameter is a program of its own, so that they share
/// them out: none depends on another, and the results on neither their order nor the number of threads. Elsewhere all
/// parameters are one program.
final class CompiledOptimizer<Scalar: EngineScalar & OptimizerScalar>: ParameterUpdate {
  let program: OptimizerProgram
  private(set) var stepCount = 0

  private let state: Buffer<Scalar>
  private let coefficients: Buffer<Scalar>
  private let pool: WorkerPool
  private let names = StepCoefficients.Name.allCases
  private let pieces: [Piece<Scalar>]
  private let task: PoolTask

  /// - Parameters:
  ///   - program: one that neither clips nor averages, which is done for all parameters together.
  ///   - parameters: the vector to update, in the program's layout.
  ///   - gradient: a vector of the same layout, read in each step.
  ///   - engine: what runs the program.
  init(
    _ program: OptimizerProgram, parameters: Buffer<Scalar>, gradient: Buffer<Scalar>,
    engine: any Engine
  ) {
    precondition(
      program.clipping == .none && program.averageDecays.isEmpty,
      "an update of single parameters neither clips nor averages")
    let state = Buffer<Scalar>(count: program.state.count)
    let coefficients = Buffer<Scalar>(count: StepCoefficients.Name.allCases.count)
    let host = engine.host
    let entries = program.parameters.entries
    let pieces = host == nil ? [entries] : entries.map { [$0] }
    self.pieces = pieces.map { entries in
      let executable = (host?.serial ?? engine).compile(Scalar.self, rows: 1) { _ in
        program.program(of: entries)
      }
      for (index, name) in StepCoefficients.Name.allCases.enumerated() {
        executable.bind(
          input: "\(OptimizerProgram.coefficientsPrefix)/\(name.rawValue)", to: coefficients,
          offset: index)
      }
      for entry in entries {
        Self.bind(executable, entry, program, parameters, gradient, state)
      }
      executable.prepare()
      return Piece(executable)
    }
    pool = host?.pool ?? WorkerPool(threads: 1)
    self.program = program
    self.state = state
    self.coefficients = coefficients
    let handles = self.pieces.map { Unmanaged.passUnretained($0) }
    task = PoolTask { index, _ in handles[index]._withUnsafeGuaranteedRef { $0.run() } }
  }

  private static func bind(
    _ executable: some CompiledProgram<Scalar>, _ entry: ParameterLayout.Entry,
    _ program: OptimizerProgram, _ parameters: Buffer<Scalar>, _ gradient: Buffer<Scalar>,
    _ state: Buffer<Scalar>
  ) {
    executable.bind(
      input: "\(OptimizerProgram.gradientPrefix)/\(entry.name)", to: gradient,
      offset: entry.offset)
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
  }

  func step(rate: Double, gradientScale: Double) {
    stepCount += 1
    let numbers = program.optimizer.coefficients(
      step: stepCount, rate: rate, gradientScale: gradientScale)
    for index in names.indices { coefficients[index] = Scalar(numbers[names[index]]) }
    pool.run(task, tasks: pieces.count)
  }

  /// The parts of the state that each moment is.
  private var ranges: [(moment: Moment, range: Range<Int>)] {
    Moment.allCases.compactMap { moment in
      let parts = program.state.entries.filter { $0.name.hasPrefix("\(moment.rawValue)/") }
      guard let first = parts.first, let last = parts.last else { return nil }
      return (moment, first.range.lowerBound..<last.range.upperBound)
    }
  }

  /// The moments by name, each of all parameters in the layout's order: where a rule has a kernel, they are the
  /// vectors of its ``OptimizerState``, so that a checkpoint is none of an engine.
  var vectors: [(name: String, values: [Scalar])] {
    let contents = state.contents
    return ranges.map { moment, range in (moment.rawValue, Array(contents[range])) }
  }

  func restore(stepCount: Int, vectors: [String: [Scalar]]) throws(OptimizerError) {
    guard stepCount >= 0 else { throw .stepCount(stepCount) }
    var values: [Scalar] = []
    values.reserveCapacity(state.count)
    for (moment, range) in ranges {
      guard let saved = vectors[moment.rawValue] else {
        throw .missingVector(name: moment.rawValue, available: Array(vectors.keys))
      }
      guard saved.count == range.count else {
        throw .vectorLength(name: moment.rawValue, found: saved.count, expected: range.count)
      }
      values += saved
    }
    for (index, value) in values.enumerated() { state[index] = value }
    self.stepCount = stepCount
  }
}

/// A program by itself, so that running it counts no reference.
private final class Piece<Scalar: EngineScalar> {
  private let program: any CompiledProgram<Scalar>

  init(_ program: any CompiledProgram<Scalar>) { self.program = program }

  func run() {
    do {
      try program.run()
    } catch {
      preconditionFailure("an update looks up no rows: \(error)")
    }
  }
}
