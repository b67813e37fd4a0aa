// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct SafeTensorsNumbersTests {
  private func tensor(_ type: TensorElementType, _ bytes: [UInt8], _ count: Int) -> SafeTensors {
    var file = SafeTensors()
    file["a"] = SafeTensors.Tensor(elementType: type, shape: [count], bytes: Data(bytes))
    return file
  }

  @Test("every floating-point type is read as the numbers it stands for")
  func types() throws {
    var file = SafeTensors()
    file["d"] = SafeTensors.Tensor([0.1, -3], shape: [2])
    file["f"] = SafeTensors.Tensor([Float(0.1), -3], shape: [1, 2])
    #expect(try file.numbers("d", shape: [2], path: "p") == [0.1, -3])
    #expect(try file.numbers("f", shape: [1, 2], path: "p") == [Double(Float(0.1)), -3])
    // 1.5 and −2 as halves, 0x3E00 and 0xC000; as bfloat16, 0x3FC0 and 0xC000.
    #expect(
      try tensor(.float16, [0x00, 0x3E, 0x00, 0xC0], 2).numbers("a", shape: [2], path: "p")
        == [1.5, -2])
    #expect(
      try tensor(.brainFloat16, [0xC0, 0x3F, 0x00, 0xC0], 2).numbers("a", shape: [2], path: "p")
        == [1.5, -2])
  }

  @Test("a tensor that is missing, of another shape or of whole numbers is named")
  func refusals() {
    let file = tensor(.int8, [1, 2], 2)
    func problem(_ name: String, _ shape: [Int]) -> SafeTensorsError.Problem? {
      do {
        _ = try file.numbers(name, shape: shape, path: "p")
        return nil
      } catch {
        return error.problem
      }
    }
    #expect(problem("b", [2]) == .missing)
    #expect(problem("a", [3]) == .unexpectedShape(found: [2], expected: [3]))
    #expect(problem("a", [2]) == .unexpectedType(found: .int8, expected: .float64))
  }
}
