// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation
import Plotting
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Walkthroughs

@Suite struct FromTensorToKernelTests {
  private let numbers = UnitNumbers(rows: 12, seed: 3)

  private func moved(_ weight: Int, by step: Double) -> UnitByHand {
    var weights = numbers.weights
    weights[weight] += step
    return UnitByHand(
      UnitNumbers(
        points: numbers.points, times: numbers.times, endTimes: numbers.endTimes, weights: weights))
  }

  @Test("worked out by hand, the crossed derivative is how the gradient changes with the weights")
  func crossed() {
    let (truth, step) = (UnitByHand(numbers), 1e-5)
    for column in 0..<3 {
      let (above, below) = (moved(column, by: step), moved(column, by: -step))
      for row in 0..<3 {
        let change = (above.gradient[row] - below.gradient[row]) / (2 * step)
        #expect(abs(truth.crossed[3 * row + column] - change) < 1e-8)
      }
    }
    #expect(asymmetry(truth.blocked) < 1e-14 && asymmetry(truth.crossed) > 1e-3)
  }

  @Test("worked out by hand, the tangent is that of the path, and times are in order")
  func tangent() {
    let (truth, step) = (UnitByHand(numbers), 1e-5)
    func shifted(_ sign: Double) -> [Double] {
      let velocities = numbers.points.indices.map { row in
        tanh(
          numbers.weights[0] * numbers.points[row]
            + (numbers.weights[1] + numbers.weights[2]) * numbers.times[row])
      }
      return UnitByHand(
        UnitNumbers(
          points: zip(numbers.points, velocities).map { $0 + sign * step * $1 },
          times: numbers.times.map { $0 + sign * step }, endTimes: numbers.endTimes,
          weights: numbers.weights)
      ).field
    }
    let differences = zip(shifted(1), shifted(-1)).map { ($0 - $1) / (2 * step) }
    #expect(relativeDifference(truth.tangent, differences) < 1e-9)
    #expect(zip(numbers.times, numbers.endTimes).allSatisfy { $0 > $1 })
  }

  @Test("a graph has a node for each equation that matters and a literal for each reader")
  func graph() {
    let x = Tensor.input("x", [2])
    let unread = Tensor.input("unread", [2])
    let two = Tensor(2, shape: [2])
    let program = Program(
      inputs: [(.shared, x), (.shared, unread)], outputs: [("y", .sum, two * sin(x) + two)])
    let graph = ProgramGraph(program, title: "")
    #expect(graph.nodes.map(\.symbol).sorted() == ["+", "2", "2", "sin", "x", "×"])
    #expect(graph.edges.count == 5)
    #expect(graph.nodes.filter(\.isOutput).map(\.symbol) == ["+"])
    // sin x and its double; the sum leaves, and the literal is nowhere.
    #expect(program.valueElements == 4)
  }

  @Test("what holds without chance is shown, whatever the seed", arguments: [UInt64(0), 5])
  func claims(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      let pages = Mutex<[String]>([])
      try FromTensorToKernel.run(
        WalkthroughSession(seed: seed, threads: 2, folder: folder, format: .svg) { passage in
          pages.withLock { $0.append(passage.text) }
        })
      let text = pages.withLock { $0.joined(separator: "\n") }
      for statement in [
        "Derivatives of both modes", "Blocked, the derivative", "No pass changes",
        "Passes do not change", "Gradients are the same bits", "No pass leaves more",
        "Fused to instructions",
      ] { #expect(text.contains("[shown] \(statement)"), "\(statement)") }
    }
  }
}
