// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import Measures
import TestSupport
import Testing

@testable import toylab

@Suite struct MeasureTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func write(_ text: String, _ path: String) throws {
    try AtomicFile.write(Data(text.utf8), to: path)
  }

  @Test("two files of different formats and sizes are measured, as table and as JSON")
  func formats() throws {
    try withTemporaryFolder { folder in
      try write("x,y,label\n0,0,0\n1,0,0\n0,1,1\n1,1,0\n", "\(folder)/a.csv")
      try NumpyArray.write(
        [0.5, 0, 1.5, 0, 0.5, 1, 1.5, 1, 2, 2], shape: [5, 2], to: "\(folder)/b.npy")
      try run(["measure", "\(folder)/a.csv", "\(folder)/b.npy", "--splits", "3"])
      try run([
        "measure", "\(folder)/a.csv", "\(folder)/b.npy", "--json", "--measure", "exact",
        "--measure", "sliced", "--seed", "4",
      ])
    }
  }

  @Test("what cannot be compared is refused by name")
  func refusals() throws {
    try withTemporaryFolder { folder in
      try write("0,0\n1,0\n", "\(folder)/a.csv")
      try write("x,label\n0,0\n1,2\n", "\(folder)/b.csv")
      let (a, b) = ("\(folder)/a.csv", "\(folder)/b.csv")
      #expect(
        throws: DimensionError(first: a, dimension: 2, second: b, otherDimension: 1)
      ) { try run(["measure", a, b]) }
      #expect(throws: LabelError(path: b, label: 1, known: [0, 2])) {
        try run(["measure", b, b, "--label", "1"])
      }
      #expect(throws: LabelError(path: a, label: 1, known: [])) {
        try run(["measure", a, a, "--label", "1"])
      }
      #expect(throws: MeasureError.tooFew(left: 2, right: 2)) {
        try run(["measure", a, a, "--measure", "energy"])
      }
      // Without being asked for, it is left out.
      try run(["measure", a, a])
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["--splits", "1"], ["--directions", "0"], ["--measure", "l2"], ["--count", "0"],
      ["--measure", "exact", "--measure", "exact"], ["--seed", "-1"],
    ])
  func usage(options: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(["measure", "a", "b"] + options) }
  }
}
