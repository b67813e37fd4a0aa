// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Interpolants
import Tensors
import TestSupport
import Testing

@testable import FlowMaps

@Suite struct TrainingSampleTests {
  @Test(
    "x_t and v_c are those of the interpolant, and v_c is the rate of x_t",
    arguments: InterpolantKind.allCases)
  func noisyPointAndVelocity(kind: InterpolantKind) throws {
    let interpolant = kind.interpolant
    let data = Argument("data", [3, 2], [1, 2, -0.5, 0.25, 3, -1])
    let noise = Argument("noise", [3, 2], [0.1, -0.7, 1.5, 0.6, -0.2, 0.9])
    let t = Argument("t", [3, 1], [0, 0.4, 1].map { $0 * interpolant.endTime })
    let sample = TrainingSample(
      interpolant: interpolant, data: data.tensor, noise: noise.tensor, time: t.tensor,
      endTime: t.tensor, fraction: t.tensor)
    let rate = derivative(of: sample.noisy, along: [t.tensor: .ones([3, 1])])
    let values = try evaluate(
      [sample.noisy, sample.conditionalVelocity, rate], [data, noise, t])
    for row in 0..<3 {
      let range = 2 * row..<2 * row + 2
      let (x, z) = (Array(data.values[range]), Array(noise.values[range]))
      let noisy = interpolant.noisy(data: x, noise: z, at: t.values[row])
      let velocity = interpolant.conditionalVelocity(data: x, noise: z, at: t.values[row])
      #expect(largestDifference(Array(values[0][range]), noisy) < 1e-15)
      #expect(largestDifference(Array(values[1][range]), velocity) < 1e-15)
    }
    #expect(largestDifference(values[1], values[2]) < 1e-15)
  }

  @Test("inputs are declared per row under their names")
  func declarations() {
    let sample = TrainingSample.inputs(rows: 4, dimension: 3, interpolant: LinearInterpolant())
    let program = Program(
      rows: sample.rows, inputs: sample.declarations, outputs: [("noisy", .perRow, sample.noisy)])
    #expect(sample.rows == 4)
    #expect(program.inputs.map(\.name) == ["data", "noise", "time", "endTime", "fraction"])
    #expect(program.inputs.allSatisfy { $0.role == .perRow })
    #expect(program.inputs.map(\.shape) == [[4, 3], [4, 3], [4, 1], [4, 1], [4, 1]])
  }

  @Test("a part of a sample holds the rows of its range in every tensor")
  func slices() throws {
    let names = ["data", "noise", "time", "endTime", "fraction"]
    let shapes: [Shape] = [[3, 2], [3, 2], [3, 1], [3, 1], [3, 1]]
    var numbers = TestNumbers(seed: 2)
    let arguments = zip(names, shapes).map {
      Argument($0, $1, numbers.array($1.count, in: 0...1))
    }
    let whole = TrainingSample(
      interpolant: LinearInterpolant(), data: arguments[0].tensor, noise: arguments[1].tensor,
      time: arguments[2].tensor, endTime: arguments[3].tensor, fraction: arguments[4].tensor)
    func parts(_ sample: TrainingSample) -> [Tensor] {
      [
        sample.data, sample.noise, sample.noisy, sample.conditionalVelocity, sample.time,
        sample.endTime, sample.fraction,
      ]
    }
    let sliced = whole.sliced(1..<3)
    #expect(sliced.rows == 2)
    let values = try evaluate(parts(whole) + parts(sliced), arguments)
    for index in 0..<7 {
      let width = values[index].count / 3
      #expect(values[7 + index] == Array(values[index][width...]))
    }
  }
}
