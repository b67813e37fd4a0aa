// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Plotting

@Suite("Categorical palette")
struct PaletteTests {
  @Test("All colours differ by far more than a just noticeable difference of 2.3")
  func distinct() {
    #expect(smallestDistance(Palette.categorical) > 20)
  }

  /// The matrices of G. Machado, M. Oliveira and L. Fernandes (2009) for full severity.
  @Test(
    "They stay apart without one kind of cone",
    arguments: [
      [
        0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
      ],
      [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881],
    ])
  func distinctWithDeficiency(_ matrix: [Double]) {
    let seen = Palette.categorical.map { color in
      let linear = [color.red, color.green, color.blue].map(linearized)
      let mixed = (0..<3).map { row in
        encoded((0..<3).map { matrix[3 * row + $0] * linear[$0] }.reduce(0, +))
      }
      return Color(red: mixed[0], green: mixed[1], blue: mixed[2])
    }
    #expect(smallestDistance(seen) > 8)
  }

  private func smallestDistance(_ colors: [Color]) -> Double {
    var least = Double.infinity
    for (index, first) in colors.enumerated() {
      for second in colors.dropFirst(index + 1) {
        least = min(least, CIELab(first).distance(to: CIELab(second)))
      }
    }
    return least
  }

  private func linearized(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }

  private func encoded(_ value: Double) -> Double {
    let limited = min(max(value, 0), 1)
    return limited <= 0.0031308 ? 12.92 * limited : 1.055 * pow(limited, 1 / 2.4) - 0.055
  }
}
