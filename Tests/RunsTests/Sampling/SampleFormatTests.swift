// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Runs
import Testing
import Training

@Suite struct SampleFormatTests {
  private func text(_ format: SampleFormat, _ values: [Double], _ precision: Precision) -> String {
    var text = ""
    format.write(values, dimension: 2, precision: precision) { text += $0 }
    return text
  }

  @Test("CSV has a header and a line a point")
  func csv() {
    #expect(text(.csv, [1, -2, 0.1, 3e-9], .float64) == "x1,x2\n1.0,-2.0\n0.1,3e-09\n")
  }

  @Test(
    "JSON reads back as the same points, over the limit of one piece too", arguments: [1, 9000])
  func json(count: Int) throws {
    let values = (0..<2 * count).map { 1 / Double($0 + 1) }
    let read = try JSONDecoder().decode(
      [[Double]].self, from: Data(text(.json, values, .float64).utf8))
    #expect(read.count == count && read.flatMap { $0 } == values)
  }

  @Test("numbers have the digits of their precision")
  func digits() {
    let third = Double(Float(1) / 3)
    #expect(text(.csv, [third, third], .float32) == "x1,x2\n0.33333334,0.33333334\n")
  }

  @Test("the ending of a name tells the format")
  func endings() {
    #expect(SampleFormat(fileName: "a/b.csv") == .csv)
    #expect(SampleFormat(fileName: "B.JSON") == .json)
    #expect(SampleFormat(fileName: "csv") == nil && SampleFormat(fileName: "a.txt") == nil)
  }
}
