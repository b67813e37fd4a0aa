// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct NumpyArrayWritingTests {
  @Test("the bytes are those that numpy.save writes")
  func sameBytes() throws {
    let doubles = (0..<6).map { Double($0) / 7 }
    #expect(
      NumpyArray.encoded(doubles, shape: [3, 2]) == (try NumpyFixture.data("written-f8")))
    #expect(
      NumpyArray.encoded(doubles.map(Float.init), shape: [6])
        == (try NumpyFixture.data("written-f4")))
    #expect(NumpyArray.encoded([2.5], shape: []) == (try NumpyFixture.data("scalar")))
    #expect(NumpyArray.encoded([Double](), shape: [0, 2]) == (try NumpyFixture.data("empty")))
  }

  @Test("the elements begin at a multiple of 64 bytes", arguments: 0...64)
  func alignment(rank: Int) throws {
    let data = NumpyArray.encoded([Float(1)], shape: [Int](repeating: 1, count: rank))
    #expect((data.count - 4).isMultiple(of: 64))
    #expect(data[data.count - 5] == UInt8(ascii: "\n"))
    let array = try NumpyArray(data: data, path: "a")
    #expect(array.shape.count == rank && array.values == [1] && array.elementType == .float32)
  }

  @Test("a file is read back bit for bit")
  func roundTrip() throws {
    let values = [0.1, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, 1 / 3.0]
    try withTemporaryFolder { folder in
      try NumpyArray.write(values, shape: [2, 3], to: "\(folder)/a.npy")
      let array = try NumpyArray(contentsOf: "\(folder)/a.npy")
      #expect(array.shape == [2, 3] && array.elementType == .float64)
      #expect(array.values.map(\.bitPattern) == values.map(\.bitPattern))
      try NumpyArray.write([Float(0.1)], shape: [1, 1], to: "\(folder)/a.npy")
      #expect(try NumpyArray(contentsOf: "\(folder)/a.npy").values == [Double(Float(0.1))])
      #expect(contents(of: folder).count == 1)
    }
  }
}
