// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct MappedArrayTests {
  @Test("every element type is read from where it lies, as the reader of whole files does")
  func types() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      var file = SafeTensors(metadata: ["scale": "2"])
      var state: UInt32 = 9
      for type in TensorElementType.allCases {
        let bytes = (0..<24 * type.size).map { index -> UInt8 in
          state = state &* 1_664_525 &+ 1_013_904_223
          // Integers of eight bytes stay those that a double holds.
          return type.size == 8 && index % 8 > 5 && type != .float64 ? 0 : UInt8(state >> 24)
        }
        file[type.rawValue] = SafeTensors.Tensor(
          elementType: type, shape: [4, 6], bytes: Data(bytes))
      }
      try file.write(to: path)
      let mapped = try MappedArrayFile(contentsOf: path)
      #expect(mapped.metadata == ["scale": "2"] && mapped.single == nil)
      for type in TensorElementType.allCases {
        let expected = try #require(file[type.rawValue]).exactNumbers(name: "", path: "")
        let array = try #require(mapped.arrays[type.rawValue])
        #expect(array.shape == [4, 6] && array.elementType == type)
        let found = array.numbers(as: Double.self)
        #expect(zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(type)")
        var some = [Double](repeating: 0, count: 5)
        some.withUnsafeMutableBufferPointer { array.read(from: 7, into: $0) }
        #expect(zip(some, expected[7..<12]).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
      }
    }
  }

  @Test("every half is the number that the other reader makes of it")
  func halves() throws {
    try withTemporaryFolder { folder in
      let bits = (0...UInt16.max).map(\.littleEndian)
      var file = SafeTensors()
      file["h"] = SafeTensors.Tensor(
        elementType: .float16, shape: [bits.count], bytes: bits.withUnsafeBytes { Data($0) })
      try file.write(to: "\(folder)/a.safetensors")
      let mapped = try MappedArrayFile(contentsOf: "\(folder)/a.safetensors")
      let found = try #require(mapped.arrays["h"]).numbers(as: Float.self)
      #expect(
        zip(found, bits).allSatisfy { value, bits in
          let expected = Float(halfPrecisionValue(bits))
          return value.bitPattern == expected.bitPattern || value.isNaN && expected.isNaN
        })
    }
  }

  @Test("a NumPy array is mapped, and refused where its elements would have to be moved")
  func numpy() throws {
    try withTemporaryFolder { folder in
      try NumpyArray.write([1.5, -2, 3, 4], shape: [2, 2], to: "\(folder)/a.npy")
      let array = try #require(try MappedArrayFile(contentsOf: "\(folder)/a.npy").single)
      #expect(array.shape == [2, 2] && array.numbers() == [1.5, -2, 3, 4] as [Double])
      for (header, problem) in [
        ("'<f8', 'fortran_order': True, ", NumpyArrayError.Problem.columnMajor),
        ("'>f8', 'fortran_order': False, ", .bigEndian),
      ] {
        let text = "{'descr': \(header)'shape': (2, 2), }"
        let data =
          Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0])
          + Data(text.utf8) + Data(repeating: 0, count: 32)
        let path = "\(folder)/b.npy"
        try data.write(to: URL(fileURLWithPath: path))
        #expect(throws: NumpyArrayError(path: path, problem: problem)) {
          try MappedArrayFile(contentsOf: path)
        }
      }
    }
  }

  @Test("arrays written block by block are the bytes of those written whole")
  func blocks() throws {
    try withTemporaryFolder { folder in
      let values = (0..<30).map { Float($0) / 7 }
      func write(_ write: ([Float]) throws -> Void) throws {
        for start in stride(from: 0, to: 30, by: 7) {
          try write(Array(values[start..<min(start + 7, 30)]))
        }
      }
      try NumpyArray.write(shape: [5, 6], to: "\(folder)/a.npy", blocks: write)
      #expect(
        FileManager.default.contents(atPath: "\(folder)/a.npy")
          == NumpyArray.encoded(values, shape: [5, 6]))
      var file = SafeTensors(metadata: ["a": "b"])
      file["labels"] = SafeTensors.Tensor([Int64(3), 4], shape: [2])
      try file.write(
        to: "\(folder)/a.safetensors", name: "images", shape: [5, 6], blocks: write)
      file["images"] = SafeTensors.Tensor(values, shape: [5, 6])
      #expect(
        FileManager.default.contents(atPath: "\(folder)/a.safetensors") == file.encoded())
    }
  }
}
