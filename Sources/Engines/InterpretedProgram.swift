// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

extension Interpreter: Engine {
  public func compile<Scalar: EngineScalar>(
    _ type: Scalar.Type, rows: Int, trace: (Int) -> Program
  ) -> any CompiledProgram<Scalar> {
    InterpretedProgram<Scalar>(trace(rows))
  }

  /// Nothing is done beside programs: what an interpreted training computes is what programs say.
  public var host: HostExecution? { nil }
}

/// A program that the ``Interpreter`` runs, the whole batch as one block: computed in Double, rounded once where it
/// enters and leaves a buffer.
public final class InterpretedProgram<Scalar: EngineScalar>: CompiledProgram {
  private struct Place {
    let buffer: Buffer<Scalar>
    let offset: Int
  }

  private let program: Program
  private var inputs: [String: Place] = [:]
  private var outputs: [String: Place] = [:]

  /// - Parameter program: traced for all rows of the batch.
  public init(_ program: Program) { self.program = program }

  public var rows: Int { program.rows }

  public func bind(input name: String, to buffer: Buffer<Scalar>, offset: Int) {
    guard let input = program.inputs.first(where: { $0.name == name }) else {
      fatalError("the program has no input \"\(name)\"; it has \(program.inputs.map(\.name))")
    }
    inputs[name] = place(in: buffer, offset, count: input.shape.count, "input \"\(name)\"")
  }

  public func bind(output name: String, to buffer: Buffer<Scalar>, offset: Int) {
    outputs[name] = place(in: buffer, offset, count: count(ofOutput: name), "output \"\(name)\"")
  }

  private func place(
    in buffer: Buffer<Scalar>, _ offset: Int, count: Int, _ what: String
  ) -> Place {
    precondition(
      offset >= 0 && offset + count <= buffer.count,
      "\(what) needs \(count) elements from \(offset) on; the buffer has \(buffer.count)")
    return Place(buffer: buffer, offset: offset)
  }

  private func count(ofOutput name: String) -> Int {
    guard let output = program.outputs.first(where: { $0.name == name }) else {
      fatalError("the program has no output \"\(name)\"; it has \(program.outputs.map(\.name))")
    }
    return program.equations[output.value].shape.count
  }

  public func output(_ name: String) -> Buffer<Scalar> {
    if let place = outputs[name] { return place.buffer }
    let buffer = Buffer<Scalar>(count: count(ofOutput: name))
    bind(output: name, to: buffer)
    return buffer
  }

  public func prepare() {
    for input in program.inputs where inputs[input.name] == nil {
      fatalError("input \"\(input.name)\" is not bound")
    }
    for output in program.outputs { _ = self.output(output.name) }
  }

  public func run() throws(EngineError) {
    prepare()
    var values: [String: [Double]] = [:]
    for input in program.inputs {
      guard let place = inputs[input.name] else { continue }
      values[input.name] = (0..<input.shape.count).map { Double(place.buffer[place.offset + $0]) }
    }
    for (name, result) in try Interpreter().evaluate(program, values) {
      guard let place = outputs[name] else { continue }
      for (index, value) in result.enumerated() {
        place.buffer[place.offset + index] = Scalar(value)
      }
    }
  }
}
