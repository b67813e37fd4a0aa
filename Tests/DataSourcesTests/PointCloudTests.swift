// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import RandomStreams
import Testing

@Suite struct PointCloudTests {
  private func points(_ count: Int) throws -> FinitePoints {
    try FinitePoints(
      name: "cloud", points: (0..<2 * count).map { Double($0) }, shape: [2],
      labels: (0..<count).map { $0 % 3 }, classCount: 3)
  }

  @Test("every point is in one part, with its label, whatever the share")
  func split() throws {
    for share in [0.01, 0.2, 0.9] {
      let cloud = try PointCloud(try points(101), heldOut: share, standardization: .none)
      #expect(cloud.heldOut.count == max(Int((share * 101).rounded()), 1))
      let all = zip(cloud.training.points + cloud.heldOut.points, 0...).filter { $1 % 2 == 0 }
      #expect(all.map(\.0).sorted() == (0..<101).map { Double(2 * $0) })
      for (first, label) in zip(all.map(\.0), cloud.training.labels + cloud.heldOut.labels) {
        #expect(Int(first) / 2 % 3 == label)
      }
    }
  }

  @Test(
    "the points of training have mean 0 and deviation 1 in their units, which can be undone",
    arguments: [Standardization.Kind.each, .common])
  func units(kind: Standardization.Kind) throws {
    var values: [Double] = []
    for index in 0..<200 {
      values.append(Double(5 + index % 7))
      values.append(Double(20 * (index % 11) - 3))
    }
    let raw = try FinitePoints(name: "cloud", points: values, shape: [2])
    let cloud = try PointCloud(raw, heldOut: 0.25, standardization: kind)
    let points = cloud.training.points
    let count = Double(cloud.training.count)
    var squares = [0.0, 0]
    for axis in 0..<2 {
      let column = stride(from: axis, to: points.count, by: 2).map { points[$0] }
      #expect(abs(column.reduce(0, +) / count) < 1e-12)
      squares[axis] = column.reduce(0) { $0 + $1 * $1 } / count
    }
    switch kind {
    case .each: #expect(squares.allSatisfy { abs($0 - 1) < 1e-12 })
    case .common, .none:
      #expect(abs(squares[0] + squares[1] - 2) < 1e-12 && squares[1] > 10 * squares[0])
    }
    let back = cloud.standardization.undone(points)
    let original = Set(values.map { Int($0.rounded()) })
    for value in back {
      #expect(original.contains(Int(value.rounded())) && abs(value - value.rounded()) < 1e-9)
    }
  }

  @Test("a coordinate that never changes keeps its unit")
  func constantCoordinate() {
    let units = Standardization(.each, of: [1, 7, 3, 7], dimension: 2)
    #expect(units.center == [2, 7] && units.scale == [1, 1])
  }

  @Test("sets for measurement are disjoint, of held-out points, and training never sees them")
  func measurement() throws {
    let cloud = try PointCloud(try points(200), heldOut: 0.3, standardization: .none)
    let sets = cloud.measurementSamples(
      for: [.evaluationData, .evaluationSecondData], count: 30, seed: 4)
    let drawn = sets.flatMap { set in stride(from: 0, to: set.count, by: 2).map { set[$0] } }
    let heldOut = stride(from: 0, to: 120, by: 2).map { cloud.heldOut.points[$0] }
    #expect(drawn.count == 60 && Set(drawn) == Set(heldOut))
    #expect(cloud.measurementLimit == 60)
    let fill: RowFiller<Double> = cloud.filler(seed: 1)
    var seen: Set<Double> = []
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * 70) { rows in
      for step in 0..<4 {
        fill(BatchRows(step: step, rows: 0..<70, batch: 70, points: rows))
        for row in 0..<70 { seen.insert(rows[2 * row]) }
      }
    }
    #expect(seen.count == 140 && seen.isDisjoint(with: heldOut))
  }

  @Test("one point cannot be split, which is said")
  func single() throws {
    let point = try FinitePoints(name: "cloud", points: [1, 2], shape: [2])
    #expect(throws: FinitePointsError.single(name: "cloud")) {
      try PointCloud(point, standardization: .each)
    }
  }
}
