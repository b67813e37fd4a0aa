// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Networks
import Probing
import RandomStreams
import Testing
import Training

@Suite struct NetworkFlowTests {
  private let configuration = TrainingConfiguration(
    network: MultilayerPerceptron(width: 6, depth: 2, classCount: 3))

  private var parameters: [Double] {
    randomVector(configuration.network.layout.count, seed: 3).map { 0.4 * $0 }
  }

  private func flow(
    _ quantity: NetworkFlow.Quantity, label: Int? = nil, rows: Int = 4
  ) -> NetworkFlow {
    NetworkFlow(
      quantity, of: configuration, parameters: parameters, label: label, rows: rows, threads: 1)
  }

  @Test("the divergence is that of the velocity, by differences, and chunks change nothing")
  func divergence() throws {
    let points = randomVector(14, seed: 5)
    let field = flow(.velocity, label: 1).field
    let values = try field.values(points, 0.4)
    let step = 1e-5
    for row in 0..<7 {
      var sum = 0.0
      for axis in 0..<2 {
        var (up, down) = (points, points)
        up[2 * row + axis] += step
        down[2 * row + axis] -= step
        sum +=
          (try field.values(up, 0.4).velocities[2 * row + axis]
            - (try field.values(down, 0.4).velocities[2 * row + axis])) / (2 * step)
      }
      #expect(abs(values.divergences[row] - sum) < 1e-7)
    }
    let whole = try flow(.velocity, label: 1, rows: 7).field.values(points, 0.4)
    for (one, other) in zip(whole.velocities, values.velocities) {
      #expect(abs(one - other) < 1e-13)
    }
  }

  @Test("the Jacobian of the map is that of its values, by differences")
  func jacobian() throws {
    let map = flow(.map)
    let (point, step) = ([0.3, -0.8], 1e-5)
    let found = try map.map(point).jacobians
    for column in 0..<2 {
      var (up, down) = (point, point)
      up[column] += step
      down[column] -= step
      let (above, below) = (try map.map(up).values, try map.map(down).values)
      for row in 0..<2 {
        #expect(abs(found[2 * row + column] - (above[row] - below[row]) / (2 * step)) < 1e-7)
      }
    }
  }

  @Test("each class has a velocity of its own, and none is another")
  func labels() throws {
    let velocities = try [nil, 0, 1, 2].map {
      try flow(.velocity, label: $0).field.values([0.1, 0.2], 0.5).velocities
    }
    #expect(Set(velocities).count == 4)
  }
}
