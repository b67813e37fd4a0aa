// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures

/// SplitMix64: a small generator whose numbers are the same on every platform.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A generator stuck at zero.
struct ZeroGenerator: RandomNumberGenerator {
  mutating func next() -> UInt64 { 0 }
}

/// Independent standard normal points.
func normalPoints(count: Int, dimension: Int, seed: Int) -> Points {
  var generator = SeededGenerator(seed: UInt64(seed))
  let values = (0..<count * dimension).map { _ -> Double in
    let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
    return radius * cos(2 * Double.pi * Double.random(in: 0..<1, using: &generator))
  }
  return Points(values, dimension: dimension)
}

extension Points {
  func shifted(by offset: [Double]) -> Points {
    Points(
      values.enumerated().map { $0.element + offset[$0.offset % dimension] }, dimension: dimension)
  }

  func scaled(by factor: Double) -> Points {
    Points(values.map { $0 * factor }, dimension: dimension)
  }

  func shuffled(seed: UInt64) -> Points {
    var generator = SeededGenerator(seed: seed)
    return Points(
      (0..<count).shuffled(using: &generator).flatMap { self[$0] }, dimension: dimension)
  }

  func without(_ index: Int) -> Points {
    Points((0..<count).filter { $0 != index }.flatMap { self[$0] }, dimension: dimension)
  }

  var meanSquaredNorm: Double { values.reduce(0) { $0 + $1 * $1 } / Double(count) }
}
