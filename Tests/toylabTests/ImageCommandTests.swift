// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files
import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct ImageCommandTests {
  private func run(_ arguments: [String]) throws {
    var command = try Toylab.parseAsRoot(arguments)
    try command.run()
  }

  private func message(_ arguments: [String]) -> String {
    do {
      try run(arguments)
      return ""
    } catch {
      return Toylab.message(for: error)
    }
  }

  /// Images of 4 × 4 pixels by class, in a folder of PNG files.
  private func withImages(_ body: (_ folder: String, _ data: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      for (label, name) in ["bag", "coat"].enumerated() {
        let place = "\(folder)/images/\(name)"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        for number in 0..<90 {
          try PNGImage(
            kind: .grey, width: 4, height: 4,
            pixels: (0..<16).map { UInt8(label == 0 ? $0 + number : 200 - $0 - number) }
          ).write(to: "\(place)/\(number).png")
        }
      }
      try body(folder, "\(folder)/images")
    }
  }

  private let small = [
    "--steps", "4", "--batch", "8", "--width", "4", "--depth", "1", "--evaluation-points", "16",
    "--threads", "1",
  ]

  @Test("images are trained on, resumed and sampled as a gallery and as arrays")
  func train() throws {
    try withImages { folder, data in
      let path = "\(folder)/run"
      try run(
        ["train", "--out", path, "--data", data, "--shrink", "2", "--flips", "--guidance", "1.5"]
          + ["--grid-every", "2", "--schedule", "constant"] + small)
      #expect(FileSystem.exists("\(path)/samples-000004.png"))
      try run(["train", "--out", path, "--resume", "--steps", "6"])
      try run([
        "train", "--out", path, "--resume", "--steps", "8", "--data", data, "--shrink", "2",
        "--flips",
      ])
      #expect(FileSystem.exists("\(path)/samples-000008.png"))
      #expect(
        message(["train", "--out", path, "--resume", "--data", data, "--flips"])
          .contains("contradicts"))
      #expect(message(["train", "--out", path, "--resume", "--flips"]).contains("--data"))
      try run([
        "sample", path, "--steps", "1,2,4", "--labels", "0-1", "--scale", "2", "--columns", "3",
        "--grid", "\(folder)/g.png", "--threads", "1",
      ])
      let image = try PNGImage(contentsOf: "\(folder)/g.png")
      #expect(image.width == 2 * (3 * (3 * 3 + 2) + 1) && image.height == 2 * (2 * 3 + 3))
      try run(["sample", path, "--count", "7", "--labels", "0,1", "--out", "\(folder)/s.npy"])
      #expect(try NumpyArray(contentsOf: "\(folder)/s.npy").shape == [7, 1, 2, 2])
      try run(["sample", path, "--count", "7", "--label", "0", "--out", "\(folder)/s.csv"])
      try run(["sample", path, "--count", "16", "--compare", "--out", "\(folder)/c.npy"])
      #expect(try NumpyArray(contentsOf: "\(folder)/c.npy").shape == [16, 1, 2, 2])
      #expect(message(["sample", path, "--labels", "0-2", "--grid", "g.png"]).contains("0 to 1"))
    }
  }

  @Test("a file of settings names the data, for a transformer too")
  func file() throws {
    try withImages { folder, data in
      let file = "\(folder)/settings.json"
      try Data(
        """
        {"source": {"images": {"data": "\(data)", "shrink": 2}},
         "gridInterval": 3,
         "configuration": {"batch": 8, "steps": 3, "evaluationPoints": 16, "network": {"transformer":
           {"imageSize": 2, "patchSize": 1, "channels": 1, "width": 8, "depth": 1, "heads": 2}}}}
        """.utf8
      ).write(to: URL(fileURLWithPath: file))
      let path = "\(folder)/run"
      try run(["train", file, "--out", path, "--class-conditional", "--threads", "1"])
      #expect(FileSystem.exists("\(path)/samples-000003.png"))
      try run(["train", "\(path)/run.json", "--out", "\(folder)/again", "--threads", "1"])
      #expect(
        contents(of: path)["metrics.jsonl"] == contents(of: "\(folder)/again")["metrics.jsonl"])
      // Images of another size than the network's.
      #expect(
        message(["train", file, "--out", "\(folder)/other", "--data", data])
          .contains("dimension: 4"))
      #expect(!FileSystem.exists("\(folder)/other"))
    }
  }

  @Test(
    "wrong usage is refused before anything is read",
    arguments: [
      ["sample", "none", "--steps", "1,2"], ["sample", "none", "--steps", "4-1"],
      ["sample", "none", "--labels", "a"], ["sample", "none", "--grid", "a.jpg"],
      ["sample", "none", "--label", "1", "--labels", "2"],
      ["sample", "none", "--steps", "1,2", "--grid", "a.png", "--out", "a.npy"],
      ["sample", "none", "--grid", "a.png", "--columns", "0"],
      ["sample", "none", "--grid", "a.png", "--enlarge", "0"],
      ["train", "--out", "none", "--source", "four", "--data", "cifar-10"],
    ])
  func usage(arguments: [String]) {
    #expect(throws: (any Error).self) { try Toylab.parseAsRoot(arguments) }
  }

  @Test("options of images go with images")
  func options() {
    #expect(message(["train", "--out", "/nowhere/a", "--shrink", "2"]).contains("--data"))
    #expect(
      message(["train", "--out", "/nowhere/a", "--data", "/nowhere", "--deviation", "1"])
        .contains("--deviation"))
    #expect(message(["train", "--out", "/nowhere/a", "--grid-every", "2"]).contains("grid"))
  }
}
