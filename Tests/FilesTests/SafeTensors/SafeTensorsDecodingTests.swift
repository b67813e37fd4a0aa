// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct SafeTensorsDecodingTests {
  private func file(_ header: String, data: Int) -> Data {
    var length = UInt64(header.utf8.count).littleEndian
    return Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: data)
  }

  private func problem(_ data: Data) -> (tensor: String?, problem: SafeTensorsError.Problem)? {
    do {
      _ = try SafeTensors(data: data, path: "run/x.safetensors")
      return nil
    } catch {
      #expect(error.description.hasPrefix("run/x.safetensors"))
      if let tensor = error.tensor { #expect(error.description.contains("\"\(tensor)\"")) }
      return (error.tensor, error.problem)
    }
  }

  @Test("A file cut off anywhere is refused")
  func truncation() throws {
    var whole = SafeTensors(metadata: ["step": "1"])
    whole.setVector("a", [1.0, 2])
    whole.setVector("b", [Float(3)])
    let data = whole.encoded()
    for length in 0..<data.count { #expect(problem(data.prefix(length)) != nil) }
    #expect(problem(data) == nil)
    let last = try #require(problem(data.dropLast()))
    #expect(last.tensor == "b")
    #expect(last.problem == .truncatedData(length: 19, needed: 20))
    #expect(problem(data.prefix(5))?.problem == .truncatedHeader(length: 5, needed: 8))
  }

  @Test("A slice of a larger buffer is read like a buffer of its own")
  func slices() throws {
    var whole = SafeTensors()
    whole.setVector("a", [1.0, 2])
    let slice = (Data([9, 9, 9]) + whole.encoded()).dropFirst(3)
    #expect(try SafeTensors(data: slice, path: "x") == whole)
  }

  @Test(
    "A header that cannot be meant is refused",
    arguments: [
      "", "[]", "{", "{\"a\":1}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
      "{\"__metadata__\":{\"a\":1}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[0.5],\"data_offsets\":[0,4]}}",
    ])
  func malformedHeader(header: String) throws {
    let found = try #require(problem(file(header, data: 4)))
    guard case .malformedHeader = found.problem else {
      Issue.record("\(found)")
      return
    }
  }

  @Test("A header length beyond the file is refused without reading on")
  func headerLength() {
    let data = Data(repeating: 0xff, count: 64)
    #expect(problem(data)?.problem == .truncatedHeader(length: 64, needed: UInt64.max))
  }

  @Test(
    "Every inconsistent entry is refused and named",
    arguments: [
      ("Q7", "[1]", "[0,4]", SafeTensorsError.Problem.elementType("Q7")),
      ("F32", "[-1]", "[0,4]", .shape([-1])),
      ("F32", "[4611686018427387904,4]", "[0,4]", .shape([4_611_686_018_427_387_904, 4])),
      ("F32", "[2]", "[0,4]", .offsets([0, 4], needed: 8)),
      ("F32", "[1]", "[4,0]", .offsets([4, 0], needed: 4)),
      ("F32", "[1]", "[-4,0]", .offsets([-4, 0], needed: 4)),
      ("F32", "[1]", "[0]", .offsets([0], needed: 4)),
      ("F64", "[1]", "[0,8]", .truncatedData(length: 4, needed: 8)),
      ("F32", "[0]", "[0,0]", .unusedBytes(0..<4)),
    ])
  func inconsistentEntry(
    type: String, shape: String, offsets: String, expected: SafeTensorsError.Problem
  ) throws {
    let header = "{\"w\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
    let found = try #require(problem(file(header, data: 4)))
    #expect(found.problem == expected)
    if case .unusedBytes = expected { return }
    #expect(found.tensor == "w")
  }

  @Test("Tensors that overlap or leave a hole are refused")
  func overlapsAndHoles() throws {
    func entry(_ name: String, _ start: Int) -> String {
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[\(start),\(start + 8)]}"
    }
    let overlapping = try #require(problem(file("{\(entry("a", 0)),\(entry("b", 4))}", data: 12)))
    #expect(overlapping == ("b", .overlap(with: "a")))
    let apart = try #require(problem(file("{\(entry("a", 0)),\(entry("b", 12))}", data: 20)))
    #expect(apart == ("b", .unusedBytes(8..<12)))
    let trailing = try #require(problem(file("{\(entry("a", 0))}", data: 9)))
    #expect(trailing == (nil, .unusedBytes(8..<9)))
  }

  @Test("A needed tensor that is missing or of another type or shape is named")
  func neededTensors() {
    var file = SafeTensors()
    file.setVector("a", [1.0, 2])
    func expectProblem(
      _ expected: SafeTensorsError.Problem, _ body: () throws -> Void
    ) {
      let error = #expect(throws: SafeTensorsError.self) { try body() }
      #expect(error?.problem == expected)
    }
    expectProblem(.missing) { _ = try file.values("b", as: Double.self, path: "x") }
    expectProblem(.unexpectedType(found: .float64, expected: .float32)) {
      _ = try file.values("a", as: Float.self, path: "x")
    }
    expectProblem(.unexpectedShape(found: [2], expected: [3])) {
      _ = try file.values("a", as: Double.self, shape: [3], path: "x")
    }
  }

  /// A file by the text of its header and its data.
  private func file(_ header: String, data: Data = Data()) -> Data {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
      + data
  }

  @Test(
    "A header of brackets alone is refused, however many", arguments: [1, 512, 513, 514, 70_000])
  func deepHeader(count: Int) {
    #expect(throws: SafeTensorsError.self) {
      _ = try SafeTensors(data: file(String(repeating: "[", count: count)), path: "a")
    }
  }

  @Test("A name given twice is refused, as the format asks")
  func duplicateName() {
    let entry = "{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}"
    let error = #expect(throws: SafeTensorsError.self) {
      _ = try SafeTensors(
        data: file("{\"a\":\(entry),\"a\":\(entry)}", data: Data(count: 8)), path: "a")
    }
    #expect(error?.description.contains("a second time") == true)
  }

  @Test("Of a file that is longer than its header says no more than the header is read")
  func longFile() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      var contents = SafeTensors()
      contents.setVector("a", [1.0])
      try contents.write(to: path)
      // Sparse: as long as no memory would hold.
      #expect(truncate(path, off_t(1) << 42) == 0)
      let error = #expect(throws: SafeTensorsError.self) {
        _ = try SafeTensors(contentsOf: path)
      }
      guard case .unusedBytes = error?.problem else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("A header of more bytes than the format allows is refused unread")
  func longHeader() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      let length = withUnsafeBytes(of: UInt64(1 << 40).littleEndian) { Data($0) }
      try (length + Data("{".utf8)).write(to: URL(fileURLWithPath: path))
      #expect(truncate(path, off_t(1) << 42) == 0)
      #expect(throws: SafeTensorsError(path: path, problem: .headerTooLong(1 << 40))) {
        _ = try SafeTensors(contentsOf: path)
      }
    }
  }
}
