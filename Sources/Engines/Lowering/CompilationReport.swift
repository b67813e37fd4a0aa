// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// How a traced program becomes instructions, for people who want to see it. Nothing an executable runs is made here.
public struct CompilationReport: Sendable {
  /// The program after a pass.
  public struct Stage: Sendable {
    /// The pass; all before it were made as well.
    public let pass: CompilationPass
    /// What is left.
    public let program: Program
    /// Equations that the pass had written and that nothing needs any more: dead code, swept away.
    public let deadEquations: Int
  }

  /// One for each pass, in their order; the first is the program as traced, the last is what executables run.
  public let stages: [Stage]
  /// The instructions of a block, each in a line, in the order of execution.
  public let instructions: [String]
  /// Elements of the values that instructions hand on to each other, if each had memory of its own.
  public let valueElements: Int
  /// Elements of the memory those values share, each from its first to its last use.
  public let arenaElements: Int

  /// Compiles a program step by step.
  ///
  /// - Parameters:
  ///   - traced: the program of a block of rows.
  ///   - rows: rows of the whole batch.
  ///   - elementSize: bytes of a number.
  public init(_ traced: Program, rows: Int, elementSize: Int) {
    let stages = CompilationPass.allCases.map { pass in
      let result = traced.optimized(upTo: pass)
      return Stage(pass: pass, program: result.program, deadEquations: result.deadEquations)
    }
    let lowering = Lowering(
      traced.optimized().program, totalRows: rows, elementSize: elementSize)
    let touched = Set(lowering.instructions.flatMap(\.buffers))
    self.stages = stages
    instructions = lowering.instructions.map(\.summary)
    valueElements = touched.reduce(0) { total, buffer in
      let planned = lowering.buffers[buffer]
      return planned.storage == .arena ? total + planned.count : total
    }
    arenaElements = BufferPlan(lowering).scratchOffset
  }
}
