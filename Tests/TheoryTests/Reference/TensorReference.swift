// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Theory

/// A reference file among the fixtures, and what becomes of it when something in it is changed.
struct TensorReference {
  let path: String
  let file: SafeTensors

  init(_ name: String) throws {
    path = try #require(
      Bundle.module.path(forResource: name, ofType: "safetensors", inDirectory: "Fixtures"))
    file = try SafeTensors(contentsOf: path)
  }

  /// The reference with something changed, written and read as a file.
  func changed(_ change: (inout SafeTensors) throws -> Void) throws -> ReferenceFile {
    var file = file
    try change(&file)
    return try withTemporaryFolder { folder in
      let path = "\(folder)/changed.safetensors"
      try file.write(to: path)
      return try ReferenceFile(contentsOfFile: path)
    }
  }

  /// What is said of the reference when a change makes it unreadable.
  func refusal(_ change: (inout SafeTensors) throws -> Void) -> String {
    let error = #expect(throws: ReferenceError.self) { _ = try changed(change) }
    let text = error?.description ?? ""
    #expect(text.contains("changed.safetensors"))
    return text
  }
}
