// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Testing

@Suite struct NumpyArrayTests {
  @Test("the first element that is not finite is found, with its indices")
  func firstNonFinite() throws {
    let array = try NumpyArray(
      data: NumpyArray.encoded([1, 2, 3, 4, Double.nan, .infinity], shape: [3, 2]), path: "a")
    #expect(array.firstNonFinite == 4)
    #expect(array.indices(ofElement: 4) == [2, 0])
    #expect(array.values[4].isNaN && array.values[5] == .infinity)
    #expect(try NumpyArray(contentsOf: NumpyFixture.path("vector")).firstNonFinite == nil)
    #expect(try NumpyArray(contentsOf: NumpyFixture.path("i8-little-C")).firstNonFinite == nil)
  }

  @Test("the indices of elements count like an odometer")
  func indices() throws {
    let array = try NumpyArray(contentsOf: NumpyFixture.path("cube-F"))
    let all = array.values.indices.map(array.indices)
    let expected = (0..<2).flatMap { i in (0..<3).flatMap { j in (0..<4).map { [i, j, $0] } } }
    #expect(all == expected)
  }

  @Test("element types know their size and whether they are whole numbers")
  func elementTypes() {
    #expect(NumpyArray.ElementType.allCases.map(\.size) == [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8])
    #expect(NumpyArray.ElementType.allCases.filter(\.isInteger).count == 8)
  }
}
