// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct WeightingTests {
  private let loss = Argument("loss", [4], [0, 0.02, 1.5, 40])
  private let time = Argument("time", [4, 1], [0, 0.3, 0.6, 1])

  private func valueAndSlope(_ weighting: Weighting) throws -> (value: [Double], slope: [Double]) {
    let weighted = weighting(loss.tensor, time: time.tensor)
    let slope = gradient(of: weighted.sum(), withRespectTo: loss.tensor)
    let values = try evaluate([weighted, slope], [loss, time])
    return (values[0], values[1])
  }

  @Test("without a weighting a loss is itself")
  func none() throws {
    let (value, slope) = try valueAndSlope(.none)
    #expect(value == loss.values && slope == [1, 1, 1, 1])
  }

  @Test("adaptive weights divide by a power of the loss, and gradients do not flow through them")
  func adaptive() throws {
    for (power, offset) in [(1, 0.01), (0.5, 0.01), (0, 0.01), (1, 2.0)] {
      let (value, slope) = try valueAndSlope(.adaptive(power: power, offset: offset))
      let weights = loss.values.map { 1 / pow($0 + offset, power) }
      #expect(relativeDifference(value, zip(loss.values, weights).map { $0 * $1 }) < 1e-14)
      #expect(relativeDifference(slope, weights) < 1e-14)
    }
    #expect(Weighting.adaptive() == .adaptive(power: 1, offset: 0.01))
  }

  @Test("the cosine weighting is cos(πt/2T) times the pseudo-Huber loss with c = 5")
  func cosinePseudoHuber() throws {
    let (value, slope) = try valueAndSlope(.cosinePseudoHuber())
    for index in 0..<4 {
      let angle = 0.5 * .pi * time.values[index]
      let root = (loss.values[index] + 25).squareRoot()
      #expect(abs(value[index] - cos(angle) * (root - 5)) < 1e-14)
      #expect(abs(slope[index] - cos(angle) / (2 * root)) < 1e-14)
    }
  }

  @Test("the inverse step divides by t − u")
  func inverseStep() throws {
    let step = Tensor(values: [0.1, 0.2, 0.3, 0.4], shape: [4, 1])
    let weighted = Weighting.inverseStep(loss.tensor, time: time.tensor, step: step)
    let values = try evaluate([weighted], [loss, time])[0]
    #expect(
      relativeDifference(values, zip(loss.values, [0.1, 0.2, 0.3, 0.4]).map { $0 / $1 }) < 1e-14)
  }

  @Test("learned weights are cosines of time, and settle where e^w E[ℓ|t] = 1")
  func learned() throws {
    let weighting = Weighting.learned(terms: 3)
    let cosines = Argument("weighting/cosines", [3, 1], [0.5, -0.2, 0.1])
    let parameters = ParameterTensors(
      layout: weighting.layout, prefix: "weighting", tensors: [cosines.tensor])
    let weighted = weighting(loss.tensor, time: time.tensor, parameters: parameters)
    let slope = gradient(of: weighted.sum(), withRespectTo: cosines.tensor)
    let values = try evaluate([weighted, slope], [loss, time, cosines])
    var wanted = [0.0, 0, 0]
    for (index, t) in time.values.enumerated() {
      let w = 0.5 - 0.2 * cos(.pi * t) + 0.1 * cos(2 * .pi * t)
      #expect(abs(values[0][index] - (exp(w) * loss.values[index] - w)) < 1e-12)
      for k in 0..<3 {
        wanted[k] += (exp(w) * loss.values[index] - 1) * cos(Double(k) * .pi * t)
      }
    }
    #expect(relativeDifference(values[1], wanted) < 1e-12)
  }

  @Test("every weighting survives coding")
  func coding() throws {
    let weightings: [Weighting] = [
      .none, .adaptive(), .cosinePseudoHuber(), .inverseStep, .learned(), .learnedOverTimes(),
    ]
    for weighting in weightings {
      let data = try JSONEncoder().encode(weighting)
      #expect(try JSONDecoder().decode(Weighting.self, from: data) == weighting)
    }
  }
}
