// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct NumpyArrayReadingTests {
  private func problem(_ data: Data) -> NumpyArrayError.Problem? {
    do {
      _ = try NumpyArray(data: data, path: "a")
      return nil
    } catch {
      return error.problem
    }
  }

  @Test("the three versions of the format are read", arguments: ["version-2", "version-3"])
  func versions(name: String) throws {
    let data = try NumpyFixture.data(name)
    let array = try NumpyArray(data: data, path: name)
    #expect(array.shape == [2, 3] && array.values == [0, 1, 2, 3, 4, 5])
    #expect("version-\(data[6])" == name)
    // A slice does not begin at zero.
    #expect(try NumpyArray(data: (Data([1, 2, 3]) + data).dropFirst(3), path: name) == array)
    var unknown = data
    unknown[6] = 4
    #expect(problem(unknown) == .version(major: 4, minor: 0))
  }

  @Test("a file that is not there is the system's error")
  func missingFile() {
    #expect(throws: FileError(.open, "/no/such/file", code: ENOENT)) {
      try NumpyArray(contentsOf: "/no/such/file")
    }
  }

  @Test("archives, tables and tensors are refused by the name of their kind")
  func otherKinds() throws {
    #expect(problem(try NumpyFixture.data("archive", "npz")) == .wrongKind(.zipArchive))
    #expect(problem(Data("1,2\n3,4\n".utf8)) == .wrongKind(.text))
    #expect(problem(Data("[1, 2]".utf8)) == .wrongKind(.json))
    #expect(problem(Data()) == .wrongKind(.empty))
    #expect(problem(Data([0x93, 0x4E, 0x55])) == .wrongKind(.text))
  }

  @Test("a file cut anywhere is refused, and so is one with more behind it")
  func length() throws {
    let data = try NumpyFixture.data("f4-big-F")
    for count in 0..<data.count { #expect(problem(data.prefix(count)) != nil) }
    #expect(problem(data.prefix(60)) == .truncatedHeader(length: 60, needed: 128))
    #expect(problem(data.dropLast()) == .truncatedData(length: 47, needed: 48))
    #expect(problem(data + [0]) == .trailingData(length: 49, needed: 48))
  }

  @Test(
    "shapes that cannot be held are refused",
    arguments: [
      "(9223372036854775807, 2)", "(4294967296, 4294967296)", "(0, 9223372036854775807, 2)",
      "(1152921504606846976,)",
      "(" + String(repeating: "1, ", count: 65) + ")",
    ])
  func shapes(shape: String) throws {
    let problem = problem(NumpyFixture.file(header: NumpyFixture.header("<f8", "False", shape)))
    guard case .shape? = problem else {
      Issue.record("\(String(describing: problem))")
      return
    }
  }

  @Test("a large shape without its elements is a file that is cut off")
  func largeShape() {
    let data = NumpyFixture.file(
      header: NumpyFixture.header("<f8", "False", "(1152921504606846975,)"))
    #expect(problem(data) == .truncatedData(length: 0, needed: 9_223_372_036_854_775_800))
    let extents = "(" + String(repeating: "1, ", count: 64) + ")"
    let elements = [UInt8](repeating: 0, count: 8)
    let file = NumpyFixture.file(
      header: NumpyFixture.header("<f8", "True", extents), elements: elements)
    #expect(problem(file) == nil)
  }

  @Test("bytes changed at random are read or refused, never more")
  func hostileBytes() throws {
    var generator = SeededGenerator(seed: 1)
    for name in ["cube-big-F", "b1", "structured", "version-3", "scalar"] {
      let data = try NumpyFixture.data(name)
      for _ in 0..<4_000 {
        var changed = data
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          changed[Int.random(in: 6..<90, using: &generator)] = UInt8.random(
            in: Bool.random(using: &generator) ? 0x20...0x7E : 0...0xFF, using: &generator)
        }
        if let array = try? NumpyArray(data: changed, path: "a") {
          #expect(array.shape.reduce(1, *) == array.values.count)
        }
      }
    }
  }
}
