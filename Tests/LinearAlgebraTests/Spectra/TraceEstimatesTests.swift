// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import LinearAlgebra
import Measures
import Testing

@Suite struct TraceEstimatesTests {
  private let decaying = (0..<80).map { pow(0.8, Double($0)) }
  private var trace: Double { decaying.reduce(0, +) }

  @Test("Hutchinson is unbiased, and its standard error is honest over many seeds")
  func hutchinson() throws {
    let operation = symmetricOperator(decaying)
    let estimates = try (0..<300).map {
      try hutchinsonTrace(operation, probes: 20, seed: UInt64($0)).trace
    }
    checkHonesty(estimates, truth: trace)
  }

  @Test("Its variance is twice the sum of the squared entries off the diagonal")
  func hutchinsonVariance() throws {
    let operation = symmetricOperator(decaying)
    let want = (0..<80).reduce(0.0) { sum, row in
      (0..<80).reduce(sum) {
        $1 == row ? $0 : $0 + 2 * pow(operation.entries[row * 80 + $1], 2)
      }
    }
    let error = try hutchinsonTrace(operation, probes: 4000, seed: 1).trace.standardError
    #expect(abs(error * error * 4000 / want - 1) < 0.2)
    let diagonal = FunctionOperator(dimension: 5, isSymmetric: true) { vector, result in
      for index in 0..<5 { result[index] = Double(index) * vector[index] }
    }
    let exact = try hutchinsonTrace(diagonal, probes: 3)
    #expect(exact.trace.value == 10 && exact.trace.standardError == 0)
  }

  @Test("XTrace is unbiased and far below Hutchinson where the spectrum decays")
  func xTraceDecaying() throws {
    let spectrum = (0..<80).map { pow(0.5, Double($0)) }
    let operation = symmetricOperator(spectrum)
    let truth = spectrum.reduce(0, +)
    let estimates = try (0..<300).map { seed -> Estimate in
      let estimate = try xTrace(operation, testVectors: 10, seed: UInt64(seed))
      #expect(estimate.applications == 20)
      return estimate.trace
    }
    checkHonesty(estimates, truth: truth, share: 0.6...1.3)
    let simple = try (0..<100).map {
      try hutchinsonTrace(operation, probes: 20, seed: UInt64($0)).trace.value - truth
    }
    #expect(meanSquare(estimates.map { $0.value - truth }) < 1e-3 * meanSquare(simple))
  }

  @Test("Its error estimate is as honest as it says: half the variance; four hold the truth")
  func xTraceErrors() throws {
    let operation = symmetricOperator(decaying)
    let estimates = try (0..<400).map {
      try xTrace(operation, testVectors: 10, seed: UInt64($0)).trace
    }
    checkHonesty(estimates, truth: trace, share: 0.4...1)
    let held = estimates.count { abs($0.value - trace) < 4 * $0.standardError }
    #expect(held >= 380)
  }

  @Test("XTrace is unbiased for operators that are not symmetric")
  func xTraceGeneral() throws {
    let operation = generalOperator(30, seed: 3)
    let truth = (0..<30).reduce(0) { $0 + operation.entries[$1 * 31] }
    checkHonesty(
      try (0..<300).map { try xTrace(operation, testVectors: 8, seed: UInt64($0)).trace },
      truth: truth, share: 0.6...1.5)
  }

  @Test("XTrace is exact beyond the rank and with as many vectors as dimensions")
  func xTraceExact() throws {
    let low = symmetricOperator([3, -1, 2, 0.5] + Array(repeating: 0, count: 46))
    let estimate = try xTrace(low, testVectors: 7)
    #expect(abs(estimate.trace.value - 4.5) < 1e-10)
    #expect(estimate.trace.standardError < 1e-10)
    let general = generalOperator(12, seed: 2)
    let truth = (0..<12).reduce(0) { $0 + general.entries[$1 * 13] }
    #expect(abs(try xTrace(general, testVectors: 12).trace.value - truth) < 1e-9)
    let zero = DenseOperator(Array(repeating: 0, count: 100), dimension: 10)
    #expect(abs(try xTrace(zero, testVectors: 3).trace.value) < 1e-290)
  }

  @Test("It is the estimator of its definition: a basis without each vector, and that vector")
  func xTraceDefinition() throws {
    // With two test vectors a basis holds one: everything can be written out.
    var seen: [[Double]] = []
    let matrix = generalOperator(9, seed: 5)
    let recorder = FunctionOperator(dimension: 9, isSymmetric: false) { vector, result in
      seen.append(Array(vector))
      matrix.apply(vector, into: result)
    }
    let found = try xTrace(recorder, testVectors: 2, seed: 4).trace.value
    func form(_ x: [Double]) throws -> Double { dot(x, try matrix.applied(to: x)) }
    let halves = try (0..<2).map { index -> Double in
      let image = try matrix.applied(to: seen[1 - index])
      let length = dot(image, image).squareRoot()
      let unit = image.map { $0 / length }
      let overlap = dot(unit, seen[index])
      let rest = zip(seen[index], unit).map { $0 - overlap * $1 }
      return try form(unit) + 8 / dot(rest, rest) * form(rest)
    }
    #expect(abs(found - 0.5 * (halves[0] + halves[1])) < 1e-10)
  }

  @Test("Too few or too many probes are refused, and products that are not finite")
  func refusals() {
    let operation = symmetricOperator([1, 2, 3])
    #expect(throws: LinearAlgebraError.self) { try hutchinsonTrace(operation, probes: 1) }
    #expect(
      throws: LinearAlgebraError.countOutOfRange(
        setting: "the number of test vectors", value: 4, accepted: 2...3)
    ) { try xTrace(operation, testVectors: 4) }
    let broken = FunctionOperator(dimension: 3, isSymmetric: true) { _, result in
      result.update(repeating: .infinity)
    }
    #expect(throws: LinearAlgebraError.notFinite(method: "XTrace", application: 1)) {
      try xTrace(broken, testVectors: 2)
    }
  }
}

private func meanSquare(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
}

/// The mean is the truth within four standard errors, and the claimed variance a share of the true one.
private func checkHonesty(
  _ estimates: [Estimate], truth: Double, share: ClosedRange<Double> = 0.75...1.35
) {
  let moments = RunningMoments(estimates.map(\.value))
  #expect(abs(moments.mean - truth) < 4 * moments.standardError)
  let claimed = meanSquare(estimates.map(\.standardError))
  #expect(share.contains(claimed / moments.variance))
}
