// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Interpolants
import RandomStreams
import Testing

@testable import FlowMaps

@Suite struct TimeSamplerTests {
  private static let samplers: [TimeSampler] = [
    .endAtZero, .relaxed(), .relaxed(a: 2, b: 3), .uniformTriangle, .fixedEnd(fraction: 0.25),
  ]
  private static let all =
    samplers + [
      .logNormal(), .logNormal(mean: -1.1, deviation: 2), .logitNormal(),
      .logitNormal(diagonalShare: 0.3),
    ]
  private let stream = RandomStream(seed: 8, purpose: "times")

  private func draw<Scalar: RandomScalar>(
    _ sampler: TimeSampler, _ rows: Range<Int>, _ kind: InterpolantKind = .linear,
    as type: Scalar.Type
  ) -> (times: [Double], endTimes: [Double]) {
    var (times, endTimes) = ([Scalar](repeating: -1, count: rows.count), [Scalar]())
    endTimes = times
    var scratch = [Scalar](repeating: 0, count: 2 * rows.count)
    times.withUnsafeMutableBufferPointer { times in
      endTimes.withUnsafeMutableBufferPointer { endTimes in
        scratch.withUnsafeMutableBufferPointer { scratch in
          sampler.fill(
            times: times, endTimes: endTimes, scratch: scratch, rows: rows, stream: stream,
            interpolant: kind)
        }
      }
    }
    return (times.map { Double($0) }, endTimes.map { Double($0) })
  }

  /// The largest distance between the empirical distribution function and `law`.
  private func statistic(_ values: [Double], _ law: (Double) -> Double) -> Double {
    let n = Double(values.count)
    return values.sorted().enumerated().reduce(0) { worst, pair in
      let p = law(pair.element)
      return max(worst, abs(p - Double(pair.offset) / n), abs(p - Double(pair.offset + 1) / n))
    }
  }

  /// The distribution function of one draw, as a fraction of `T`.
  private func law(_ sampler: TimeSampler, _ x: Double) -> Double {
    switch sampler {
    case .relaxed(let a, let b) where b == 1: return pow(x, a)
    case .relaxed(2, 3): return x * x * (6 - 8 * x + 3 * x * x)
    case .endAtZero, .uniformTriangle, .relaxed, .fixedEnd, .logNormal, .logitNormal: return x
    }
  }

  @Test("times follow their laws (Kolmogorov–Smirnov at 0.1 %)", arguments: samplers)
  func laws(sampler: TimeSampler) {
    let n = 60_000
    let critical = 1.95 / Double(n).squareRoot()
    let kind = InterpolantKind.trigonometric
    for (times, endTimes) in [
      draw(sampler, 0..<n, kind, as: Double.self),
      draw(sampler, 0..<n, kind, as: Float.self),
    ] {
      let (t, s) = (
        times.map { $0 / kind.endTime }, endTimes.map { $0 / kind.endTime }
      )
      if sampler == .endAtZero {
        #expect(statistic(t) { $0 } < critical)
        #expect(s.allSatisfy { $0 == 0 })
        continue
      }
      if case .fixedEnd(let fraction) = sampler {
        #expect(statistic(t) { ($0 - fraction) / (1 - fraction) } < critical)
        #expect(s.allSatisfy { abs($0 - fraction) < 1e-7 })
        continue
      }
      #expect(statistic(t) { pow(law(sampler, min($0, 1)), 2) } < critical)
      #expect(statistic(s) { 1 - pow(1 - law(sampler, min($0, 1)), 2) } < critical)
      // The two draws are independent: E[F(t) F(s)] = E[F]² = 1/4.
      let products = zip(t, s).map { law(sampler, min($0, 1)) * law(sampler, $1) }
      let product = SampleMean(products)
      #expect(abs(product.mean - 0.25) < 4 * product.standardError)
    }
  }

  @Test("0 ≤ s ≤ t ≤ T", arguments: all)
  func order(sampler: TimeSampler) {
    for kind in InterpolantKind.allCases {
      for (times, endTimes) in [
        draw(sampler, 0..<20_000, kind, as: Double.self),
        draw(sampler, 0..<20_000, kind, as: Float.self),
      ] {
        let latest = Double(Float(kind.endTime))
        #expect(
          zip(times, endTimes).allSatisfy { 0 <= $1 && $1 <= $0 && $0 > 0 && $0 <= latest })
      }
    }
  }

  @Test("single precision is double precision rounded", arguments: all)
  func precisions(sampler: TimeSampler) {
    let double = draw(sampler, 0..<5000, as: Double.self)
    let single = draw(sampler, 0..<5000, as: Float.self)
    #expect(largestDifference(double.times, single.times) < 1e-6)
    #expect(largestDifference(double.endTimes, single.endTimes) < 1e-6)
  }

  @Test("a row's times do not depend on how rows are cut into calls", arguments: all)
  func splitInvariance(sampler: TimeSampler) {
    let whole = draw(sampler, 0..<200, as: Float.self)
    let parts = [0..<1, 1..<77, 77..<200].map {
      draw(sampler, $0, as: Float.self)
    }
    #expect(whole.times == parts.flatMap(\.times))
    #expect(whole.endTimes == parts.flatMap(\.endTimes))
  }

  @Test(
    "log-normal times have a normal log σ/α and end at zero", arguments: InterpolantKind.allCases)
  func logNormal(kind: InterpolantKind) {
    let (times, endTimes) = draw(
      .logNormal(mean: -1.1, deviation: 2), 0..<20_000, kind, as: Double.self)
    let logs = times.map { log(kind.noiseToSignal(at: $0)) }
    #expect(
      statistic(logs) { 0.5 * erfc(-($0 + 1.1) / 8.0.squareRoot()) } < 1.95 / 20_000.0.squareRoot())
    #expect(endTimes.allSatisfy { $0 == 0 })
  }

  @Test("logit-normal times have a normal logit, and the share of the diagonal is exact")
  func logitNormal() {
    let n = 20_000
    let (times, endTimes) = draw(
      .logitNormal(mean: -0.4, deviation: 1, diagonalShare: 0), 0..<n, .trigonometric,
      as: Double.self)
    let logits = (times + endTimes).map { log($0 / (.pi / 2 - $0)) }
    #expect(
      statistic(logits) { 0.5 * erfc(-($0 + 0.4) / 2.0.squareRoot()) }
        < 1.95 / Double(2 * n).squareRoot())
    for share in [0, 0.3, 0.75] {
      let (times, endTimes) = draw(
        .logitNormal(diagonalShare: share), 0..<1_000, .linear, as: Double.self)
      #expect(zip(times, endTimes).count { $0 == $1 } == Int(1_000 * share))
    }
  }

  @Test("every sampler survives coding")
  func coding() throws {
    let samplers: [TimeSampler] = [
      .endAtZero, .relaxed(), .uniformTriangle, .fixedEnd(), .logNormal(), .logitNormal(),
    ]
    for sampler in samplers {
      let data = try JSONEncoder().encode(sampler)
      #expect(try JSONDecoder().decode(TimeSampler.self, from: data) == sampler)
    }
  }
}
