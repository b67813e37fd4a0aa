// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import RandomStreams
import Testing

@testable import DataSources

@Suite struct FinitePointsTests {
  /// Points whose first number is their place.
  private func source(_ count: Int = 1000) throws -> FinitePoints {
    try FinitePoints(
      name: "counted", points: (0..<count).flatMap { [Double($0), Double($0) / 2] }, shape: [2],
      labels: (0..<count).map { $0 % 3 }, classCount: 3,
      observations: (0..<count).map { -Double($0) })
  }

  /// The rows of a step, drawn in chunks.
  private func drawn(
    _ source: FinitePoints, step: Int, batch: Int, chunk: Int
  ) -> (points: [Double], labels: [Double], observations: [Double]) {
    let filler: RowFiller<Double> = source.filler(seed: 7)
    var points = [Double](repeating: .nan, count: 2 * batch)
    var (labels, observations) = (
      [Double](repeating: .nan, count: batch), [Double](repeating: .nan, count: batch)
    )
    points.withUnsafeMutableBufferPointer { points in
      labels.withUnsafeMutableBufferPointer { labels in
        observations.withUnsafeMutableBufferPointer { observations in
          for first in stride(from: 0, to: batch, by: chunk).reversed() {
            let rows = first..<min(first + chunk, batch)
            filler(
              BatchRows(
                step: step, rows: rows, batch: batch,
                points: .init(rebasing: points[2 * rows.lowerBound..<2 * rows.upperBound]),
                labels: .init(rebasing: labels[rows]),
                observations: .init(rebasing: observations[rows])))
          }
        }
      }
    }
    return (points, labels, observations)
  }

  @Test("each epoch sees each point once, and a batch straddles two epochs")
  func epochs() throws {
    let source = try source()
    // 50 batches of 96 rows are 4.8 epochs of 1,000 points.
    let places = (0..<50).flatMap { step in
      let rows = drawn(source, step: step, batch: 96, chunk: 96).points
      return stride(from: 0, to: rows.count, by: 2).map { Int(rows[$0]) }
    }
    #expect(places.count == 4800)
    let orders = (0..<4).map { Array(places[$0 * 1000..<($0 + 1) * 1000]) }
    for order in orders { #expect(order.sorted() == Array(0..<1000)) }
    #expect(Set(places[4000...]).count == 800)
    #expect(Set(orders).count == 4)
    #expect(1000 % 96 != 0)
  }

  @Test("rows do not depend on how a batch is split, and bring their label and observation")
  func splits() throws {
    let source = try source()
    for step in [0, 9, 10, 11, 31] {
      let whole = drawn(source, step: step, batch: 96, chunk: 96)
      for chunk in [1, 7, 32] {
        #expect(drawn(source, step: step, batch: 96, chunk: chunk) == whole)
      }
      for row in 0..<96 {
        let place = whole.points[2 * row]
        #expect(whole.points[2 * row + 1] == place / 2)
        #expect(whole.labels[row] == Double(Int(place) % 3))
        #expect(whole.observations[row] == -place)
      }
    }
  }

  @Test("what makes no source is refused by name")
  func refusals() {
    func error(
      points: [Double], labels: [Int] = [], classCount: Int = 0, observations: [Double] = []
    ) -> FinitePointsError? {
      #expect(throws: FinitePointsError.self) {
        try FinitePoints(
          name: "bad", points: points, shape: [2], labels: labels, classCount: classCount,
          observations: observations)
      }
    }
    #expect(error(points: [1, 2, 3]) == .size(name: "bad", numbers: 3, shape: [2]))
    #expect(error(points: []) == .size(name: "bad", numbers: 0, shape: [2]))
    #expect(
      error(points: [1, 2, .infinity, 4]) == .notFinite(name: "bad", point: 1, value: .infinity))
    #expect(
      error(points: [1, 2], labels: [0, 1], classCount: 2)
        == .labels(name: "bad", found: 2, expected: 1))
    #expect(
      error(points: [1, 2], labels: [2], classCount: 2)
        == .label(name: "bad", point: 0, label: 2, classCount: 2))
    #expect(
      error(points: [1, 2, 3, 4], observations: [1])
        == .observations(name: "bad", found: 1, points: 2))
  }
}
