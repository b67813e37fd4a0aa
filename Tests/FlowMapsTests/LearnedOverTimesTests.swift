// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct LearnedOverTimesTests {
  private let loss = Argument("loss", [3], [0.02, 1.5, 40])
  private let time = Argument("time", [3, 1], [0.3, 0.6, 1])
  private let span = Argument("span", [3, 1], [0.1, 0.6, 0.25])
  private let pairs = Argument(
    "weighting/pairs", [2, 2], [0.3, -0.7, 1.1, 0.4])
  private let diagonal = Argument("weighting/diagonal", [2, 1], [-0.2, 0.9])
  private let weighting = Weighting.learnedOverTimes(terms: 2)

  private var parameters: ParameterTensors {
    ParameterTensors(
      layout: weighting.layout, prefix: "weighting", tensors: [pairs.tensor, diagonal.tensor])
  }

  private func bounded(_ sum: Double) -> Double { 6 * tanh(sum / 6) }

  @Test("the loss is e^−w ℓ + w, with w of the two times or of the one on the diagonal")
  func value() throws {
    let off = weighting(
      loss.tensor, time: time.tensor, span: span.tensor, parameters: parameters)
    let on = weighting(loss.tensor, time: time.tensor, parameters: parameters)
    let values = try evaluate([off, on], [loss, time, span, pairs, diagonal])
    for row in 0..<3 {
      let (ct, cd) = (cos(.pi * time.values[row]), cos(.pi * span.values[row]))
      let a = pairs.values
      let w = bounded(a[0] + a[1] * cd + a[2] * ct + a[3] * ct * cd)
      #expect(abs(values[0][row] - (exp(-w) * loss.values[row] + w)) < 1e-12)
      let b = bounded(diagonal.values[0] + diagonal.values[1] * ct)
      #expect(abs(values[1][row] - (exp(-b) * loss.values[row] + b)) < 1e-12)
    }
  }

  @Test("the gradient in the parameters vanishes where w is the logarithm of the mean loss")
  func optimum() throws {
    let scale = Argument("weighting/pairs", [1, 1], [6 * atanh(log(41.52 / 3) / 6)])
    let other = Argument("weighting/diagonal", [1, 1], [0])
    let constant = Weighting.learnedOverTimes(terms: 1)
    let parameters = ParameterTensors(
      layout: constant.layout, prefix: "weighting", tensors: [scale.tensor, other.tensor])
    let weighted = constant(
      loss.tensor, time: time.tensor, span: span.tensor, parameters: parameters)
    let slope = gradient(of: weighted.sum(), withRespectTo: scale.tensor)
    #expect(abs(try evaluate([slope], [loss, time, span, scale, other])[0][0]) < 1e-12)
  }

  @Test("the weight is bounded, however far the parameters have gone")
  func bound() throws {
    let far = Argument("weighting/pairs", [1, 1], [-1000])
    let other = Argument("weighting/diagonal", [1, 1], [0])
    let constant = Weighting.learnedOverTimes(terms: 1)
    let parameters = ParameterTensors(
      layout: constant.layout, prefix: "weighting", tensors: [far.tensor, other.tensor])
    let weighted = constant(
      loss.tensor, time: time.tensor, span: span.tensor, parameters: parameters)
    let values = try evaluate([weighted], [loss, time, span, far, other])[0]
    for row in 0..<3 { #expect(abs(values[row] - (exp(6) * loss.values[row] - 6)) < 1e-9) }
  }
}
