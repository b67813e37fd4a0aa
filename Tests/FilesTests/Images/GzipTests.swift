// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct GzipTests {
  /// Forty times "clothes ", compressed by Python's gzip.
  private let file =
    Data(base64Encoded: "H4sIAAAAAAAC/0vOyS/JSC1WSB6lyaIBjGndtkABAAA=") ?? Data()
  private var contents: [UInt8] { Array(String(repeating: "clothes ", count: 40).utf8) }

  @Test("what another program compressed comes back, also of several files one after another")
  func decompressed() throws {
    #expect(try Gzip.decompressed(file, limit: 320, path: "a") == contents)
    #expect(
      try Gzip.decompressed(file + file, limit: 640, path: "a") == contents + contents)
  }

  @Test("a file that is cut off is refused at every length")
  func truncated() throws {
    for length in 0..<file.count {
      let error = #expect(throws: GzipError.self) {
        try Gzip.decompressed(file.prefix(length), limit: 320, path: "a.gz")
      }
      guard case .truncated(length, _) = try #require(error).problem else {
        Issue.record("length \(length): \(error as Any)")
        continue
      }
    }
  }

  @Test("a damaged file, and one that holds too much, are refused")
  func damaged() throws {
    var damaged = file
    damaged[file.count - 6] ^= 1
    let error = #expect(throws: GzipError.self) {
      try Gzip.decompressed(damaged, limit: 320, path: "a.gz")
    }
    guard case .damaged = try #require(error).problem else {
      Issue.record("\(error as Any)")
      return
    }
    #expect(throws: GzipError(path: "a", problem: .tooLarge(319))) {
      try Gzip.decompressed(file, limit: 319, path: "a")
    }
  }
}
