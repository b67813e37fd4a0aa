// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct JSONDocumentTests {
  private func document(_ text: String) throws(JSONDocumentError) -> JSONDocument {
    try JSONDocument(data: Data(text.utf8), path: "run.json")
  }

  @Test("a file is read; a table or an array in its place is refused")
  func files() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write(Data("\u{FEFF}{\"a\": 1}\n".utf8), to: "\(folder)/a")
      #expect(try JSONDocument(contentsOf: "\(folder)/a").root["a"]?.kind == "a number")
      #expect(throws: FileError.self) { try JSONDocument(contentsOf: "\(folder)/b") }
    }
    let array = NumpyArray.encoded([1.0], shape: [1])
    #expect(throws: JSONDocumentError(path: "a", problem: .wrongKind(.numpyArray))) {
      try JSONDocument(data: array, path: "a")
    }
    #expect(throws: JSONDocumentError(path: "a", problem: .wrongKind(.empty))) {
      try JSONDocument(data: Data(), path: "a")
    }
    #expect(throws: JSONDocumentError.self) { try document("x,y\n1,2\n") }
    #expect(throws: JSONDocumentError.self) { try document("1,2\n") }
  }
}
