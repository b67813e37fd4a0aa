// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import GroundTruth
import Tensors

// # Figure 0: From tensor to kernel
//
// Everything else in this laboratory is written in a small language of tensors: expressions, their derivatives,
// stop-gradients. This walkthrough follows one loss from its formula to the instructions that a core executes,
// and checks at each station that it is still the same loss.

public enum FromTensorToKernel: Walkthrough {
  public static let number = 0
  public static let title = "From tensor to kernel"
  public static let summary = """
    A loss with a stop-gradient on its way from a formula through jvp, gradient and the compiler's passes to \
    instructions, with what each pass leaves, saves and costs; every step held against the closed form.
    """

  public static func run(_ session: WalkthroughSession) throws {
    let source = try session.planeTarget()

    // ## One unit
    //
    // The file `00-from-tensor-to-kernel-unit.swift` holds the dozen lines that make the graphs printed here.
    let shown = UnitTrace(rows: shownRows)
    session.print(expressions(shown))
    let checks = try unitChecks(session)
    session.print(checks.text)

    // ## A training program
    let training = try measure(source, session, as: session.precision.scalarType)
    session.print(passes(training))
    session.print(instructions(training))
    for claim in checks.claims + claims(training) { session.print(claim) }
    let step = CompilationReport(shown.step, rows: shownRows, elementSize: training.elementSize)
    let data = Picture(
      graphs: [
        ProgramGraph(shown.valueAndTangent, title: "$F$ and d$F$, as traced"),
        ProgramGraph(step.stages[0].program, title: "loss and gradient, as traced"),
        ProgramGraph(
          step.stages[step.stages.count - 1].program, title: "loss and gradient, compiled"),
      ], unitInstructions: step.instructions.count, training: training)
    try session.deliver(data, number: number, draw: draw)
  }

  /// Rows of the programs that are printed and drawn.
  static let shownRows = 4

  struct Picture: Codable {
    let graphs: [ProgramGraph]
    /// Instructions of the compiled graph.
    let unitInstructions: Int
    let training: TrainingProgram
  }
}

// MARK: - The language

extension FromTensorToKernel {
  private static func expressions(_ unit: UnitTrace) -> String {
    let compiled = CompilationReport(unit.step, rows: unit.rows, elementSize: 8)
    let (first, last) = (compiled.stages[0], compiled.stages[compiled.stages.count - 1])
    return """
      Figure 0 · From tensor to kernel

      A network of one unit, F(x; t, s) = tanh(w₁x + w₂t + w₃s), for four rows. A tensor is an expression: to
      write it down computes nothing. As a program, one equation a line, it is

      \(indented(unit.value))

      The jvp dF = (1 − F²)(w₁v + w₂) along (v, 1, 0) is more of the same: a rule for each primitive,
      written with the same operations. Here v = sg F(x; t, t), the velocity the unit itself would start with, and
      the program has been through the compiler:

      \(indented(unit.valueAndTangent.compiled))

      iSD trains F towards sg(v − (t − s) dF). The gradient of the mean of |F − sg(…)|² walks the graph backwards
      and stops at sg. Loss and gradient are \(first.program.equations.count) equations as traced, \
      \(last.program.equations.count) once compiled, inputs and literals counted:

      \(indented(last.program))

      and then \(compiled.instructions.count) instructions: matrix products, reductions, and elementwise work \
      evaluated tile by tile, which
      is a copy where it has no operations:

      \(compiled.instructions.map { "  " + $0 }.joined(separator: "\n"))

      """
  }

  private static func indented(_ program: Program) -> String {
    program.description.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
  }
}

extension Program {
  /// What is left after all passes.
  fileprivate var compiled: Program {
    let stages = CompilationReport(self, rows: rows, elementSize: 8).stages
    return stages[stages.count - 1].program
  }
}
