// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Plotting

@Suite("Colours")
struct ColorTests {
  @Test("A hexadecimal number gives its three components")
  func hexadecimal() {
    let color = Color(hex: 0xFF8000)
    #expect(color.red == 1)
    #expect(color.green == 128.0 / 255)
    #expect(color.blue == 0)
    #expect(color.alpha == 1)
  }

  @Test("Components are limited to [0, 1]")
  func limits() {
    let color = Color(red: -1, green: 2, blue: 0.5, alpha: 7)
    #expect(color == Color(red: 0, green: 1, blue: 0.5, alpha: 1))
  }

  @Test("Lightness has the published values of the sRGB primaries")
  func lightness() {
    #expect(abs(Color.white.lightness - 100) < 0.01)
    #expect(abs(Color.black.lightness) < 0.01)
    #expect(abs(Color(red: 1, green: 0, blue: 0).lightness - 53.24) < 0.01)
    #expect(abs(Color(red: 0, green: 1, blue: 0).lightness - 87.73) < 0.01)
    #expect(abs(Color(red: 0, green: 0, blue: 1).lightness - 32.30) < 0.01)
  }

  @Test("L*a*b* and back is the identity", arguments: Palette.categorical)
  func roundTrip(_ color: Color) {
    let back = CIELab(color).color
    #expect(abs(back.red - color.red) < 1e-5)
    #expect(abs(back.green - color.green) < 1e-5)
    #expect(abs(back.blue - color.blue) < 1e-5)
  }

  @Test("Mixing runs from one colour to the other")
  func mixing() {
    #expect(Color.black.mixed(with: .white, fraction: 0.25) == Color(gray: 0.25))
  }
}
