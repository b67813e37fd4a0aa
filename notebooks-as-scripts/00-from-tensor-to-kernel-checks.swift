// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import Foundation

// MARK: - The truth about the unit

extension FromTensorToKernel {
  static func unitChecks(
    _ session: WalkthroughSession
  ) throws -> (text: String, claims: [Claim]) {
    let rows = session.isThorough ? 4096 : 256
    let numbers = UnitNumbers(rows: rows, seed: session.seed)
    let truth = UnitByHand(numbers)
    let pool = WorkerPool(threads: session.threads)
    let values = try UnitTrace.values(of: \.valueAndTangent, numbers.inputs, pool: pool)
    let step = try UnitTrace.values(of: \.step, numbers.inputs, pool: pool)
    // A column of each matrix for each direction of the weights.
    var (blocked, crossed) = (truth.blocked, truth.crossed)
    for j in 0..<3 {
      var inputs = numbers.inputs
      inputs["d"] = (0..<3).map { $0 == j ? 1 : 0 }
      let columns = try UnitTrace.values(of: \.curvature, inputs, pool: pool)
      for i in 0..<3 {
        blocked[3 * i + j] = columns["blocked"]?[i] ?? .nan
        crossed[3 * i + j] = columns["crossed"]?[i] ?? .nan
      }
    }
    let traced = UnitTrace(rows: rows).step
    let meanings = try CompilationReport(traced, rows: rows, elementSize: 8).stages.map {
      try Interpreter().evaluate($0.program, numbers.inputs)
    }
    let drift =
      meanings.dropFirst().flatMap { later in
        meanings[0].map { error(later[$0.key], $0.value) }
      }.max() ?? .nan

    let jvp = max(error(values["F"], truth.field), error(values["dF"], truth.tangent))
    let gradient = max(error(step["loss"], [truth.loss]), error(step["gradient"], truth.gradient))
    let (held, moving) = (error(blocked, truth.blocked), error(crossed, truth.crossed))
    let difference = error(crossed, blocked)
    let text =
      textTable(
        ["held against the closed form, \(rows) rows, Double", "relative error"],
        [
          ["F and its jvp", digits(jvp)],
          ["loss and gradient, stop-gradient blocked", digits(gradient)],
          ["derivative of the gradient, targets held (blocked)", digits(held)],
          ["derivative of the gradient, targets moving (crossed)", digits(moving)],
          ["after each pass, by an interpreter without any", digits(drift)],
        ])
      + "\n\n"
      + textTable(
        ["derivative of the gradient", "trace", "asymmetry"],
        [("blocked", blocked), ("crossed", crossed)].map { name, matrix in
          [name, digits(matrix[0] + matrix[4] + matrix[8]), digits(asymmetry(matrix))]
        }) + "\n"
    return (
      text,
      [
        Claim(
          statement: "Derivatives of both modes, and of each other, are those of the closed form.",
          isShown: max(jvp, gradient, held, moving) < rounding,
          evidence: "largest relative error \(digits(max(jvp, gradient, held, moving)))"),
        Claim(
          statement:
            "Blocked, the derivative of the gradient is a Hessian; crossed, it is that of no loss at all.",
          isShown: asymmetry(blocked) < rounding && asymmetry(crossed) > 1e6 * rounding,
          evidence:
            "asymmetry \(digits(asymmetry(blocked))) and \(digits(asymmetry(crossed))); the two "
            + "matrices differ by \(digits(difference)) of their largest entry"),
        Claim(
          statement: "No pass changes what a program means.", isShown: drift < rounding,
          evidence: "largest relative change of loss and gradient \(digits(drift))"),
      ]
    )
  }

  /// What sums of some thousand terms in Double may lose.
  private static let rounding = 1e-11

  /// The largest difference relative to the largest entry; infinite without values.
  static func error(_ values: [Double]?, _ expected: [Double]) -> Double {
    guard let values, values.count == expected.count else { return .infinity }
    let scale = expected.reduce(0) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }
}
