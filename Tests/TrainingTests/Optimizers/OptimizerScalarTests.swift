// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import Testing
import Training

@Suite struct OptimizerScalarTests {
  @Test("The sum of squares is exact where the arithmetic is", arguments: [0, 1, 15, 16, 17, 1000])
  func sumOfSquaresOfIntegers(count: Int) {
    let n = Double(count)
    let expected = (n - 1) * n * (2 * n - 1) / 6
    let (wide, narrow) = ((0..<count).map(Double.init), (0..<count).map(Float.init))
    #expect(wide.withUnsafeBufferPointer { Double.sumOfSquares($0, pool: nil) } == expected)
    #expect(narrow.withUnsafeBufferPointer { Float.sumOfSquares($0, pool: nil) } == expected)
  }

  @Test("Single-precision squares neither overflow nor underflow in the sum")
  func sumOfSquaresIsWide() {
    let values: [Float] = [3e30, 4e30, 1e-30]
    let norm = values.withUnsafeBufferPointer { euclideanNorm($0) }
    #expect(abs(norm / 5e30 - 1) < 1e-7)
    #expect([Float(1e-30)].withUnsafeBufferPointer { euclideanNorm($0) } > 0.99e-30)
  }

  @Test("The first value that is not finite is found wherever it stands")
  func firstNonFinite() {
    for place in [0, 1, 15, 16, 1023, 1024, 2048, 2499] {
      for bad in [Double.nan, .infinity, -.infinity] {
        var values = [Double](repeating: Double.greatestFiniteMagnitude, count: 2500)
        values[place] = bad
        values[2499] = .nan
        #expect(values.withUnsafeBufferPointer { firstNonFiniteIndex($0) } == place)
        let narrow = values.map { $0.isFinite ? Float.greatestFiniteMagnitude : Float($0) }
        #expect(narrow.withUnsafeBufferPointer { firstNonFiniteIndex($0) } == place)
      }
    }
    let finite = [Float](repeating: -Float.greatestFiniteMagnitude, count: 3000)
    #expect(finite.withUnsafeBufferPointer { firstNonFiniteIndex($0) } == nil)
    #expect([Double]().withUnsafeBufferPointer { firstNonFiniteIndex($0) } == nil)
  }

  @Test("A long sum is right and has the same bits for any number of threads")
  func longSum() {
    for count in [32_768, 32_769, 100_000, 3_000_001] {
      let values = (0..<count).map { Float(($0 * 7919) % 2003) - 1001 }
      // Squares of integers up to 2^20, of which fewer than 2^33: exact in double precision.
      let exact = values.reduce(0.0) { $0 + Double($1) * Double($1) }
      let wide = values.map(Double.init)
      for threads in [1, 2, 3] {
        let pool = WorkerPool(threads: threads)
        #expect(values.withUnsafeBufferPointer { Float.sumOfSquares($0, pool: pool) } == exact)
        #expect(wide.withUnsafeBufferPointer { Double.sumOfSquares($0, pool: pool) } == exact)
      }
      let thirds = wide.map { $0 / 3 }
      let alone = thirds.withUnsafeBufferPointer { euclideanNorm($0) }
      let shared = thirds.withUnsafeBufferPointer {
        euclideanNorm($0, pool: WorkerPool(threads: 2))
      }
      #expect(alone == shared && abs(alone / (exact / 9).squareRoot() - 1) < 1e-13)
    }
  }
}
