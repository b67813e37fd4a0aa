// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Foundation
import Probing
import Runs
import TestSupport
import Testing

@testable import toylab

@Suite struct ProbeTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func withRun(_ body: (_ folder: String, _ path: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try run([
        "train", "--out", "\(folder)/run", "--steps", "6", "--batch", "16", "--width", "4",
        "--depth", "1", "--evaluation-points", "16", "--checkpoint-every", "2", "--threads", "1",
      ])
      try body(folder, "\(folder)/run")
    }
  }

  @Test("every probe runs on a folder and on a checkpoint, and leaves the run as it is")
  func everyProbe() throws {
    try withRun { folder, path in
      let before = contents(of: path)
      let checkpoint = RunLayout(path).checkpointPath(step: 4)
      for command in [
        ["hessian", path, "--rows", "16"],
        ["hessian", checkpoint, "--rows", "16", "--operator", "update-field", "--json"],
        ["hessian", path, "--rows", "16", "--layer", "layer0", "--layer", "bias"],
        ["density", path, "--rows", "16", "--steps", "5", "--probes", "2"],
        ["density", path, "--rows", "16", "--steps", "5", "--probes", "2", "--layer", "matrix"],
        ["trace", path, "--rows", "16", "--samples", "4", "--operator", "gauss-newton"],
        ["led", path, "--points", "8", "--divisions", "2"],
        ["shares", checkpoint, "--points", "8"], ["lipschitz", path, "--points", "8"],
        ["jacobian", path, "--points", "8", "--json"],
      ] { try run(["probe"] + command) }
      #expect(contents(of: path) == before)
    }
  }

  @Test("a landscape leaves its data and its picture", arguments: LandscapePlane.Kind.allCases)
  func landscape(kind: LandscapePlane.Kind) throws {
    try withRun { folder, path in
      try run(
        [
          "probe", "landscape", path, "--plane", kind.rawValue, "--rows", "16", "--side", "5",
          "--out", "\(folder)/landscape", "--format", "svg",
        ] + (kind == .runs ? ["--with", RunLayout(path).checkpointPath(step: 2)] : []))
      let landscape = try Landscape(contentsOf: "\(folder)/landscape.json")
      #expect(landscape.isComplete && landscape.settings.origin.kind == kind)
      #expect(text(at: "\(folder)/landscape.svg")?.contains("<svg") == true)
    }
  }

  @Test("probes run on their own defaults with few parameters, and with fewer in a layer")
  func fewParameters() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/run"
      try run([
        "train", "--out", path, "--steps", "3", "--batch", "16", "--width", "1", "--depth", "1",
        "--evaluation-points", "16", "--threads", "1",
      ])
      for layers in [[], ["--layer", "bias"]] {
        for command in [
          ["trace"], ["trace", "--method", "hutchinson"], ["density"], ["hessian"],
          ["hessian", "--operator", "update-field"],
        ] { try run(["probe", command[0], path, "--rows", "16"] + command.dropFirst() + layers) }
      }
    }
  }

  @Test(
    "a landscape of any radius that is accepted is drawn, also a second time",
    arguments: ["1e-100", "1e-30", "1e-3", "600", "1e30", "1e100"])
  func anyRadius(radius: String) throws {
    try withRun { folder, path in
      for side in ["2", "5"] {
        let name = "\(folder)/side\(side)"
        try run([
          "probe", "landscape", path, "--plane", "random", "--radius", radius, "--rows", "8",
          "--side", side, "--out", name,
        ])
        #expect(try Landscape(contentsOf: "\(name).json").isComplete)
        // What is there is drawn again.
        try run([
          "probe", "landscape", path, "--plane", "random", "--radius", radius, "--rows", "8",
          "--side", side, "--out", name,
        ])
      }
    }
  }

  @Test(
    "radii that no parameters follow are refused",
    arguments: ["5e-324", "1e-320", "1e-101", "1e101", "1e308", "inf", "nan", "0", "-1"])
  func radii(radius: String) {
    #expect(throws: (any Error).self) {
      try Toylab.parseAsRoot(["probe", "landscape", "run", "--radius", radius])
    }
  }

  @Test("a file that is no landscape is refused in words")
  func noLandscape() throws {
    try withRun { folder, path in
      for text in ["{}", "[1]", "{\"settings\": 3}", "[", String(repeating: "[", count: 513)] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/l.json"))
        let error = #expect(throws: (any Error).self) {
          try run([
            "probe", "landscape", path, "--plane", "random", "--rows", "8", "--side", "2", "--out",
            "\(folder)/l",
          ])
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains("l.json") && !message.contains("CodingKeys"), "\(message)")
      }
    }
  }

  @Test("a folder's name is drawn as it stands")
  func markup() throws {
    try withRun { folder, path in
      let odd = "\(folder)/a_$run\\x^{"
      try FileManager.default.moveItem(atPath: path, toPath: odd)
      try run([
        "probe", "landscape", odd, "--plane", "random", "--rows", "8", "--side", "2", "--out",
        "\(folder)/odd",
      ])
      #expect(FileManager.default.fileExists(atPath: "\(folder)/odd.png"))
    }
  }

  @Test("what cannot be probed is named, with what would be accepted")
  func errors() throws {
    try withRun { folder, path in
      func message(_ arguments: [String]) -> String {
        let error = #expect(throws: (any Error).self) { try run(["probe"] + arguments) }
        return error.map { Toylab.message(for: $0) } ?? ""
      }
      let many = message(["hessian", path, "--rows", "16", "--largest", "1000", "--smallest", "0"])
      #expect(many.contains("1000") && many.contains("between 1 and"))
      let misspelt = message(["trace", path, "--rows", "16", "--layer", "layr0"])
      #expect(misspelt.contains("layr0") && misspelt.contains("layer0"))
      #expect(message(["landscape", path, "--radius", "0"]).contains("above 0"))
      #expect(message(["landscape", path, "--side", "1"]).contains("2 to"))
      let parallel = message([
        "landscape", path, "--plane", "runs", "--with", path, "--out", "\(folder)/plane",
      ])
      #expect(parallel.contains("zero") || parallel.contains("parallel"))
      #expect(message(["landscape", path, "--plane", "runs"]).contains("two runs"))
      #expect(message(["density", path, "--operator", "update-field"]).contains("symmetric"))
      #expect(message(["jacobian", path, "--from", "0.2", "--to", "0.4"]).contains("s < t"))
      #expect(message(["led", path, "--checkpoint", "3"]).contains("2, 4, 6"))
      try FileManager.default.removeItem(atPath: RunLayout(path).checkpointsPath)
      #expect(message(["hessian", path]).contains("no complete checkpoint"))
      #expect(message(["hessian", "\(folder)/nowhere"]).contains("nowhere"))
      #expect(contents(of: folder).keys.allSatisfy { $0.hasPrefix("run") })
    }
  }
}
