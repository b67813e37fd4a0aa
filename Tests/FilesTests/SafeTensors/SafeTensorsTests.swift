// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
  @Test("The bytes are those that the format prescribes")
  func exactBytes() {
    var file = SafeTensors(metadata: ["step": "7", "a\"b": "line\n"])
    file["w"] = SafeTensors.Tensor([Float(1), -2], shape: [2, 1])
    file["count"] = SafeTensors.Tensor([UInt64(258)], shape: [])
    let header =
      #"{"__metadata__":{"a\"b":"line\n","step":"7"},"#
      + #""count":{"dtype":"U64","shape":[],"data_offsets":[0,8]},"#
      + #""w":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var expected = Data([UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0]) + Data(padded.utf8)
    expected += [2, 1, 0, 0, 0, 0, 0, 0]
    expected += [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]
    #expect(padded.utf8.count < 256)
    #expect(file.encoded() == expected)
  }

  @Test("Every element type reads back bit for bit")
  func roundTrip() throws {
    var file = SafeTensors(metadata: ["note": "caf\u{e9} \u{1F600} \u{1}"])
    let floats: [Float] = [0, -0.0, .infinity, .leastNonzeroMagnitude, 0.1, .nan]
    let doubles: [Double] = [.pi, -.infinity, .leastNonzeroMagnitude, 1e308]
    file["f"] = SafeTensors.Tensor(floats, shape: [2, 3])
    file["d"] = SafeTensors.Tensor(doubles, shape: [4])
    file["i"] = SafeTensors.Tensor([Int64.min, -1, .max], shape: [3, 1, 1])
    file["u"] = SafeTensors.Tensor([UInt64.max, 0], shape: [2])
    file["empty"] = SafeTensors.Tensor([Float](), shape: [0, 5])
    file["dotted.name/\u{3bc}"] = SafeTensors.Tensor([1.5], shape: [])
    let read = try SafeTensors(data: file.encoded(), path: "test")
    #expect(read == file)
    #expect(read["f"]?.shape == [2, 3])
    let readFloats = try read.values("f", as: Float.self, path: "test")
    #expect(readFloats.map(\.bitPattern) == floats.map(\.bitPattern))
    #expect(try read.values("d", path: "test") == doubles)
    #expect(try read.values("i", shape: [3, 1, 1], path: "test") == [Int64.min, -1, .max])
    #expect(try read.values("u", path: "test") == [UInt64.max, 0])
  }

  @Test("Equal contents give equal bytes in whatever order they were added")
  func deterministicBytes() {
    let names = (0..<40).map { "layer\($0).weight" }
    func file(_ names: [String]) -> SafeTensors {
      var file = SafeTensors()
      for name in names {
        file.setVector(name, [Float(name.utf8.count)])
        file.metadata[name] = "x"
      }
      return file
    }
    #expect(file(names).encoded() == file(names.reversed()).encoded())
  }

  @Test("A file on disk reads back, and a failed write leaves it alone")
  func onDisk() throws {
    try withTemporaryFolder { folder in
      var file = SafeTensors()
      file.setVector("x", (0..<1000).map(Double.init))
      try file.write(to: "\(folder)/a.safetensors")
      #expect(try SafeTensors(contentsOf: "\(folder)/a.safetensors") == file)
      #expect(throws: FileError.self) { try file.write(to: "\(folder)/a.safetensors/b") }
      #expect(throws: FileError.self) { try SafeTensors(contentsOf: "\(folder)/none") }
      #expect(contents(of: folder).count == 1)
    }
  }

  @Test("The data begins at a multiple of eight bytes and wide elements come first")
  func alignment() {
    for length in 1...9 {
      var file = SafeTensors()
      file.setVector(String(repeating: "n", count: length), [Float(1)])
      file.setVector("z", [2.0])
      let data = file.encoded()
      #expect((data.count - 12).isMultiple(of: 8))
      #expect(data.suffix(12).prefix(8).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0x40]))
    }
  }
}
