// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import RandomStreams
import Tensors
import TestSupport
import Testing

@testable import Networks

@Suite struct ModulationTests {
  private let features = Argument("h", [2, 8], (0..<16).map { Double($0) / 5 - 1 })

  @Test("plain modulation is h (1 + scale) + shift; the other normalises both factors")
  func definition() throws {
    var numbers = TestNumbers(seed: 1)
    let shift = Argument("shift", [2, 8], numbers.array(16))
    let scale = Argument("scale", [2, 8], numbers.array(16))
    let values = try evaluate(
      Modulation.allCases.map {
        $0(features.tensor, shift: shift.tensor, scale: scale.tensor)
      }, [features, shift, scale])
    for row in 0..<2 {
      let range = row * 8..<(row + 1) * 8
      func normalized(_ values: ArraySlice<Double>) -> [Double] {
        let square = values.map { $0 * $0 }.reduce(0, +) / Double(values.count)
        return values.map { $0 / (square + 1e-8).squareRoot() }
      }
      let h = Array(features.values[range])
      let factor = scale.values[range].map { 1 + $0 }
      let plain = (0..<8).map { h[$0] * factor[$0] + shift.values[range.lowerBound + $0] }
      #expect(relativeDifference(Array(values[0][range]), plain) < 1e-14)
      let (n, m) = (normalized(factor[...]), normalized(shift.values[range]))
      let double = (0..<8).map { h[$0] * n[$0] + m[$0] }
      #expect(relativeDifference(Array(values[1][range]), double) < 1e-14)
    }
  }

  @Test("the slope of a doubly normalised shift is 10⁴ at zero, and about 1 where training begins")
  func slope() throws {
    let width = 256
    func slope(_ start: [Double]) throws -> Double {
      let shift = Argument("shift", [1, width], start)
      var numbers = TestNumbers(seed: 2)
      let direction = Argument("direction", [1, width], numbers.array(width))
      let told = Modulation.doublyNormalized(
        Tensor.zeros([1, width]), shift: shift.tensor, scale: .zeros([1, width]))
      let tangent = derivative(of: told, along: [shift.tensor: direction.tensor])
      let values = try evaluate(
        [squaredNorm(tangent), squaredNorm(direction.tensor)], [shift, direction])
      return (values[0][0] / values[1][0]).squareRoot()
    }
    #expect(abs(try slope([Double](repeating: 0, count: width)) - 1e4) < 1)
    let start = Modulation.doublyNormalized.initialShift(
      width, RandomStream(seed: 5, purpose: "test"))
    #expect(abs(try slope(start) - 1) < 0.2)
    #expect(
      Modulation.plain.initialShift(3, RandomStream(seed: 5, purpose: "test")) == [0, 0, 0])
  }

  @Test(
    "a doubly normalised transformer and U-Net start as the zero map, with shifts of their own in each block"
  )
  func networks() throws {
    let transformer = FlowMapTransformer(
      TransformerConfiguration(
        imageSize: 4, patchSize: 2, channels: 1, width: 8, depth: 2, heads: 2,
        modulation: .doublyNormalized))
    let unet = UNet(
      UNetConfiguration(
        imageSize: 4, channels: 1, blockChannels: [4, 8], groups: 2, heads: 2,
        modulation: .doublyNormalized))
    for network in [transformer, unet] as [any Network] {
      let vector = network.initialParameters(RandomStream(seed: 1, purpose: "test"))
      #expect(vector.count == network.layout.count)
      let parameters = network.layout.entries.map {
        Argument($0.name, $0.shape, Array(vector[$0.range]))
      }
      let x = Argument("x", [2, 16], (0..<32).map { cos(Double($0)) })
      let t = Argument("t", [2, 1], [0.9, 0.6])
      let output = network(
        ParameterTensors(layout: network.layout, prefix: "", tensors: parameters.map(\.tensor)),
        noisy: x.tensor, time: t.tensor, endTime: 0.5 * t.tensor)
      #expect(try evaluate([output], [x, t] + parameters)[0].allSatisfy { $0 == 0 })
      let shifts = network.layout.entries.filter {
        $0.name.hasSuffix("modulation.bias") && !$0.name.hasPrefix("final")
      }.map { Array(vector[$0.range]).filter { $0 != 0 } }
      #expect(shifts.count >= 2 && shifts.allSatisfy { $0.count >= 4 })
      #expect(Set(shifts).count == shifts.count)
    }
  }
}
