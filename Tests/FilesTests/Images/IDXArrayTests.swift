// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Files

@Suite struct IDXArrayTests {
  private let file: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]

  @Test("extents are big-endian, elements row-major")
  func read() throws {
    let array = try IDXArray(bytes: file, path: "a")
    #expect(array.shape == [2, 3] && array.bytes == [1, 2, 3, 4, 5, 6])
  }

  @Test("what is no such file is refused by what is wrong")
  func refused() {
    func problem(_ bytes: [UInt8]) -> IDXError.Problem? {
      #expect(throws: IDXError.self) { try IDXArray(bytes: bytes, path: "a") }?.problem
    }
    for length in 0..<4 {
      #expect(problem(Array(file[..<length])) == .truncated(length: length, needed: 4))
    }
    for length in 4..<12 {
      #expect(problem(Array(file[..<length])) == .truncated(length: length, needed: 12))
    }
    for length in 12..<18 {
      #expect(problem(Array(file[..<length])) == .truncated(length: length, needed: 18))
    }
    #expect(problem(file + [0]) == .trailing(length: 19, needed: 18))
    #expect(problem([1] + file[1...]) == .magic([1, 0, 8, 2]))
    #expect(problem([0, 0, 8, 0]) == .magic([0, 0, 8, 0]))
    #expect(problem([0, 0, 0x0D] + file[3...]) == .elementType(0x0D))
    let huge = [UInt8](repeating: 255, count: 12)
    #expect(problem([0, 0, 8, 3] + huge) == .shape([4_294_967_295, 4_294_967_295, 4_294_967_295]))
  }
}
