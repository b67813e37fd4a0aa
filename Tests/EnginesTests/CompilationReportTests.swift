// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@testable import Engines

@Suite struct CompilationReportTests {
  private static func program(rows: Int) -> Program {
    let point = Tensor.input("point", [rows, 8])
    let weights = Tensor.input("weights", [8, 8])
    let field = silu(matmul(silu(matmul(point, weights)), weights))
    let loss = mean(square(field))
    return Program(
      rows: rows, inputs: [(.perRow, point), (.shared, weights)],
      outputs: [
        ("loss", .mean, loss), ("gradient", .mean, gradient(of: loss, withRespectTo: weights)),
      ])
  }

  private let report: CompilationReport
  private let executable: Executable<Float>

  init() {
    report = CompilationReport(Self.program(rows: 64), rows: 128, elementSize: 4)
    executable = Executable(
      rows: 128, blockRows: 64, pool: WorkerPool(threads: 1), trace: Self.program(rows:))
  }

  @Test("the first stage is the program as traced, the last the one that runs")
  func stages() {
    #expect(report.stages.map(\.pass) == CompilationPass.allCases)
    #expect(report.stages.first?.program.description == Self.program(rows: 64).description)
    #expect(report.stages.last?.program.description == executable.program.description)
  }

  @Test("the instructions are those of the executable")
  func instructions() {
    #expect(report.instructions.joined(separator: "\n") == executable.planDescription)
  }

  @Test("values that share memory take less of it, but no less than an instruction needs")
  func memory() {
    #expect(report.arenaElements < report.valueElements)
    // The matrix product of the second layer reads one [64, 8] and writes another.
    #expect(report.arenaElements >= 2 * 64 * 8)
  }
}
