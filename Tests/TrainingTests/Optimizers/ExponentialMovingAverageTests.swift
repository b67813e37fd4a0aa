// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation
import Networks
import Testing
import Training

@Suite struct ExponentialMovingAverageTests {
  @Test("The average of a constant forgets the initial value geometrically")
  func constantWithoutCorrection() {
    let average = averaged(decays: [0.9, 0.99], initial: 5, values: Array(repeating: 2, count: 30))
    for (index, decay) in [0.9, 0.99].enumerated() {
      let expected = 2 + 3 * pow(decay, 30)
      #expect(abs(average.vectors[index].values[0] - expected) < 1e-14)
    }
  }

  @Test("With bias correction the average of a constant is the constant from the first update on")
  func constantWithCorrection() {
    for updates in [1, 2, 50] {
      let average = averaged(
        decays: [0.9, 0.999], initial: 1e6, values: Array(repeating: 2, count: updates),
        correctsBias: true)
      for vector in average.vectors { #expect(abs(vector.values[0] - 2) < 1e-12) }
    }
  }

  @Test("The average of a ramp lags by decay over one minus decay")
  func ramp() {
    // a(n) = n - d/(1-d) (1 - d^n) for a(0) = 0 and x(n) = n.
    let decay = 0.95
    let values = (1...40).map(Double.init)
    let lag = decay / (1 - decay) * (1 - pow(decay, 40))
    let plain = averaged(decays: [decay], initial: 0, values: values)
    #expect(abs(plain.vectors[0].values[0] - (40 - lag)) < 1e-12)
    // Corrected, the same sum without the share of the initial value: a(n) / (1 - d^n).
    let corrected = averaged(decays: [decay], initial: 77, values: values, correctsBias: true)
    #expect(abs(corrected.vectors[0].values[0] - (40 - lag) / (1 - pow(decay, 40))) < 1e-12)
  }

  @Test("An average of slow decay does not stall on single-precision parameters")
  func doesNotStall() {
    let initial: [Float] = [1]
    let target: [Float] = [1.0001]
    var average = initial.withUnsafeBufferPointer {
      ExponentialMovingAverage(decays: [0.9999], startingAt: $0)
    }
    for _ in 0..<100_000 {
      target.withUnsafeBufferPointer { average.update(with: $0) }
    }
    var copy: [Float] = [0]
    copy.withUnsafeMutableBufferPointer { average.copyAverage(at: 0, to: $0) }
    let remaining = 1e-4 * pow(0.9999, 100_000)
    #expect(abs(Double(target[0]) - Double(copy[0]) - remaining) < 6e-8)
  }

  @Test("A restored average continues bit for bit", arguments: [false, true])
  func restoredAverageContinues(correctsBias: Bool) throws {
    let values = (0..<20).map { Double($0 * $0 % 7) }
    let straight = averaged(
      decays: [0.5, 0.97], initial: 1, values: values, correctsBias: correctsBias)
    let half = averaged(
      decays: [0.5, 0.97], initial: 1, values: Array(values[..<9]), correctsBias: correctsBias)
    var resumed = averaged(
      decays: [0.5, 0.97], initial: -3, values: [], correctsBias: correctsBias)
    try resumed.restore(
      updateCount: half.updateCount,
      vectors: Dictionary(uniqueKeysWithValues: half.vectors.map { ($0.name, $0.values) }))
    for value in values[9...] {
      [value, value].withUnsafeBufferPointer { resumed.update(with: $0) }
    }
    #expect(resumed.vectors.map(\.values) == straight.vectors.map(\.values))
    #expect(resumed.updateCount == 20)
  }

  @Test("Threads that share a long average change no bit")
  func poolDoesNotMatter() {
    let count = 40_000
    func run(_ pool: WorkerPool?) -> [[Double]] {
      var average = [Float](repeating: 1, count: count).withUnsafeBufferPointer {
        ExponentialMovingAverage(decays: [0.9, 0.5], startingAt: $0)
      }
      for step in 1...3 {
        (0..<count).map { Float($0 % 77 * step) }.withUnsafeBufferPointer {
          average.update(with: $0, pool: pool)
        }
      }
      return average.vectors.map(\.values)
    }
    let alone = run(nil)
    #expect(alone[1][76] == 0.125 + 76 * (0.125 + 2 * 0.25 + 3 * 0.5))
    for threads in [2, 3] { #expect(run(WorkerPool(threads: threads)) == alone) }
  }

  @Test("A saved average with a missing or short vector is refused")
  func restoreIsChecked() {
    var average = averaged(decays: [0.5], initial: 1, values: [2])
    #expect(throws: OptimizerError.missingVector(name: "average.0.5", available: ["other"])) {
      try average.restore(updateCount: 1, vectors: ["other": [1, 2]])
    }
    #expect(throws: OptimizerError.vectorLength(name: "average.0.5", found: 1, expected: 2)) {
      try average.restore(updateCount: 1, vectors: ["average.0.5": [1]])
    }
    #expect(average.vectors[0].values == [1.5, 1.5])
  }
}

private func averaged(
  decays: [Double], initial: Double, values: [Double], correctsBias: Bool = false
) -> ExponentialMovingAverage {
  var average = [initial, initial].withUnsafeBufferPointer {
    ExponentialMovingAverage(decays: decays, startingAt: $0, correctsBias: correctsBias)
  }
  for value in values {
    [value, value].withUnsafeBufferPointer { average.update(with: $0) }
  }
  return average
}
