// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CKernels
import Foundation
import RandomStreams
import Testing

@Suite struct RandomStreamTests {
  @Test("Philox reproduces the known answers of Random123")
  func knownAnswers() {
    let cases: [(counter: [UInt32], key: [UInt32], out: [UInt32])] = [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [.max, .max, .max, .max], [.max, .max],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ]
    for testCase in cases {
      var out = [UInt32](repeating: 0, count: 4)
      toylab_philox(testCase.counter, testCase.key, &out)
      #expect(out == testCase.out)
    }
  }

  private let stream = RandomStream(seed: 17, purpose: "test", step: 3)

  private func floats(
    _ stream: RandomStream, _ rows: Range<Int>, _ draws: Int, normal: Bool
  ) -> [Float] {
    var out = [Float](repeating: 0, count: rows.count * draws)
    out.withUnsafeMutableBufferPointer {
      if normal {
        stream.fillNormal($0, rows: rows, draws: draws)
      } else {
        stream.fillUniform($0, rows: rows, draws: draws)
      }
    }
    return out
  }

  @Test("a row's numbers do not depend on how rows are cut into calls", arguments: [1, 2, 5, 8])
  func splitInvariance(draws: Int) {
    for normal in [false, true] {
      let whole = floats(stream, 0..<300, draws, normal: normal)
      let parts = [0..<1, 1..<130, 130..<131, 131..<300].flatMap {
        floats(stream, $0, draws, normal: normal)
      }
      #expect(whole == parts)
    }
    #expect(stream.normals(rows: 5, draws: 8, firstDraw: 4).count == 40)
    let late = stream.normals(rows: 3, draws: 4, firstDraw: 4)
    let all = stream.normals(rows: 3, draws: 8)
    #expect(late == [Double](all[4..<8] + all[12..<16] + all[20..<24]))
  }

  @Test("a draw does not depend on how many are asked for")
  func drawCounts() {
    let wide = floats(stream, 0..<200, 7, normal: true)
    for draws in 1...6 {
      let narrow = floats(stream, 0..<200, draws, normal: true)
      let expected = (0..<200).flatMap { wide[$0 * 7..<$0 * 7 + draws] }
      #expect(narrow == expected)
    }
  }

  @Test("single precision is double precision rounded")
  func precisions() {
    let rows = 250_000
    let doubles = stream.uniforms(rows: rows, draws: 4)
    let singles = floats(stream, 0..<rows, 4, normal: false)
    #expect(zip(doubles, singles).allSatisfy { abs($0 - Double($1)) <= 0x1p-24 })
    let normals = stream.normals(rows: rows, draws: 4)
    let singleNormals = floats(stream, 0..<rows, 4, normal: true)
    var within = 0
    var total = 0.0
    var loose = 0
    for index in normals.indices {
      let u = doubles[index & ~1]
      let radius = (-2 * log(u)).squareRoot()
      let bound = 0x1p-32 / (u * radius) + 6 * 0x1p-24 * max(1, radius)
      let error = abs(normals[index] - Double(singleNormals[index]))
      within += error <= bound ? 1 : 0
      loose += error > 1e-6 ? 1 : 0
      total += error
    }
    #expect(within == normals.count)
    #expect(total / Double(normals.count) < 5e-8)
    #expect(Double(loose) / Double(normals.count) < 3e-5)
  }

  @Test("the moments of normals are those of the law")
  func moments() {
    let n = 400_000
    for values in [
      stream.normals(rows: n / 4, draws: 4),
      floats(stream, 0..<n / 4, 4, normal: true).map { Double($0) },
    ] {
      // Four standard errors of each moment: its variance is m_{2k} − m_k².
      for (order, mean, variance) in [(1, 0.0, 1.0), (2, 1, 2), (3, 0, 15), (4, 3, 96)] {
        let moment = values.reduce(0) { $0 + pow($1, Double(order)) } / Double(n)
        #expect(abs(moment - mean) < 4 * (variance / Double(n)).squareRoot())
      }
    }
  }

  @Test("a row's generator shares no bits with bulk draws")
  func generatorIsApart() {
    var generator = stream.generator(row: 5)
    let words = (0..<8).map { _ in UInt32(truncatingIfNeeded: generator.next()) >> 8 }
    let drawn = stream.uniforms(rows: 6, draws: 16).suffix(16).map { UInt32($0 * 0x1p24) }
    #expect(Set(words).isDisjoint(with: drawn))
    var again = stream.generator(row: 5)
    #expect(UInt32(truncatingIfNeeded: again.next()) >> 8 == words[0])
    var other = stream.generator(row: 6)
    #expect(UInt32(truncatingIfNeeded: other.next()) >> 8 != words[0])
  }

  @Test("uniforms and normals follow their laws (Kolmogorov–Smirnov at 0.1 %)")
  func laws() {
    let n = 200_000
    func statistic(_ values: [Double], _ law: (Double) -> Double) -> Double {
      values.sorted().enumerated().reduce(0) { worst, pair in
        let p = law(pair.element)
        return max(
          worst, abs(p - Double(pair.offset) / Double(n)),
          abs(p - Double(pair.offset + 1) / Double(n)))
      }
    }
    let critical = 1.95 / Double(n).squareRoot()
    let normalLaw = { (x: Double) in 0.5 * erfc(-x / 2.squareRoot()) }
    #expect(statistic(stream.uniforms(rows: n / 4, draws: 4)) { $0 } < critical)
    #expect(statistic(stream.normals(rows: n / 4, draws: 4), normalLaw) < critical)
    let singles = floats(stream, 0..<n / 4, 4, normal: true).map { Double($0) }
    #expect(statistic(singles, normalLaw) < critical)
    var generator = stream.generator(row: 9)
    #expect(statistic((0..<n).map { _ in generator.uniform() }) { $0 } < critical)
  }

  @Test("draws of a row, rows, steps, purposes and seeds are uncorrelated")
  func independence() {
    let n = 50_000
    let base = stream.normals(rows: n, draws: 4)
    let others = [
      stream.at(step: 4), RandomStream(seed: 18, purpose: "test", step: 3),
      RandomStream(seed: 17, purpose: "tesu", step: 3), stream.appending("part"),
    ].map { $0.normals(rows: n, draws: 4) }
    func correlation(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count)
    }
    let critical = 4 / Double(4 * n).squareRoot()
    for other in others { #expect(abs(correlation(base, other)) < critical) }
    #expect(abs(correlation(Array(base.dropFirst()), Array(base.dropLast()))) < critical)
    #expect(abs(correlation(Array(base.dropFirst(4)), Array(base.dropLast(4)))) < critical)
  }

  @Test("uniforms stay inside the open interval")
  func openInterval() {
    let singles = floats(stream, 0..<500_000, 4, normal: false)
    #expect(singles.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(floats(stream, 0..<500_000, 4, normal: true).allSatisfy { $0.isFinite })
  }
}
