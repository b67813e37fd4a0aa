// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Colour maps")
struct ColorMapTests {
  @Test(
    "Lightness grows strictly along sequential maps", arguments: [ColorMap.viridis, .magma, .gray])
  func monotone(_ map: ColorMap) {
    let lightness = (0...200).map { map.color(at: Double($0) / 200).lightness }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test("Lightness is linear along the grey map and along either half of the diverging one")
  func linear() {
    for position in stride(from: 0.0, through: 1, by: 0.05) {
      #expect(abs(ColorMap.gray.color(at: position).lightness - 100 * position) < 0.01)
      let expected = 97 + (36 - 97) * abs(2 * position - 1)
      #expect(abs(ColorMap.diverging.color(at: position).lightness - expected) < 1)
    }
  }

  @Test("Viridis has its published ends and middle")
  func viridis() {
    #expect(ColorMap.viridis.color(at: 0) == Color(hex: 0x440154))
    #expect(ColorMap.viridis.color(at: 1) == Color(hex: 0xFDE725))
    let middle = ColorMap.viridis.color(at: 0.5)
    // (0.1276, 0.5670, 0.5506) lies between entries 127 and 128 of the published table.
    #expect(abs(middle.red - 0.128) < 0.004)
    #expect(abs(middle.green - 0.567) < 0.004)
    #expect(abs(middle.blue - 0.551) < 0.004)
  }

  @Test("The diverging map is lightest in the middle and equally dark at equal distances")
  func diverging() {
    let map = ColorMap.diverging
    let half = (0...50).map { Double($0) / 100 }
    let lower = half.map { map.color(at: $0).lightness }
    #expect(zip(lower, lower.dropFirst()).allSatisfy { $0 < $1 })
    for position in half {
      let left = map.color(at: position).lightness
      let right = map.color(at: 1 - position).lightness
      #expect(abs(left - right) < 1)
    }
    #expect(map.color(at: 0).blue > map.color(at: 0).red)
    #expect(map.color(at: 1).red > map.color(at: 1).blue)
  }

  @Test("What is not a number is invisible, and positions beyond the ends take the ends' colours")
  func outside() {
    for map in ColorMap.allCases {
      #expect(map.color(at: .nan).alpha == 0)
      #expect(map.color(at: -3) == map.color(at: 0))
      #expect(map.color(at: .infinity) == map.color(at: 1))
    }
  }

  @Test("A diverging scale without a range is symmetric about zero")
  func symmetric() {
    let scale = ColorScale(.diverging).resolved(for: [-1, 0.5, 3, .nan])
    #expect(scale.axis.range == -3...3)
    #expect(ColorScale(.viridis).resolved(for: [-1, 3]).axis.range == -1...3)
  }

  @Test("A logarithmic scale gives equal ratios equal steps and hides what is not positive")
  func logarithmic() {
    let scale = ColorScale(.gray, range: 1...100, scale: .log10).resolved(for: [])
    #expect(abs(scale.color(of: 10).lightness - 50) < 0.01)
    #expect(scale.color(of: 0).alpha == 0)
  }
}
