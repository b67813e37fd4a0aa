// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import TestSupport
import Testing

@Suite struct ImageArrayTests {
  @Test("Samples are read block by block in units from −1 to 1, with their labels")
  func samples() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/samples.safetensors"
      var file = SafeTensors()
      file["samples"] = SafeTensors.Tensor(
        [0, 255, 127.5, 300, 51, 204] as [Float], shape: [3, 1, 1, 2])
      file["labels"] = SafeTensors.Tensor([4, 0, 2] as [Int64], shape: [3])
      try file.write(to: path)
      let images = try ImageArray(contentsOf: path)
      #expect(images.shape == [1, 1, 2])
      #expect(images.count == 3)
      #expect(images.labels == [4, 0, 2])
      #expect(try images.points(1..<2) == [0, 300 / 127.5 - 1])
      let signed = try ImageArray(contentsOf: path, range: .signed)
      #expect(try signed.points(0..<1) == [0, 255])
    }
  }

  @Test("Features and statistics are read by their names")
  func features() throws {
    try withTemporaryFolder { folder in
      try NumpyArray.write([1, 2, 3, 4, 5, 6] as [Double], shape: [3, 2], to: "\(folder)/a.npy")
      let features = try FeatureArray(contentsOf: "\(folder)/a.npy")
      #expect(features.values == [1, 2, 3, 4, 5, 6])
      #expect(features.dimension == 2)
      #expect(try FeatureArray.statistics(contentsOf: "\(folder)/a.npy") == nil)
      var file = SafeTensors()
      file["mean"] = SafeTensors.Tensor([1, 2] as [Double], shape: [2])
      file["covariance"] = SafeTensors.Tensor([1, 0, 0, 2] as [Double], shape: [2, 2])
      try file.write(to: "\(folder)/b.safetensors")
      let statistics = try FeatureArray.statistics(contentsOf: "\(folder)/b.safetensors")
      #expect(statistics?.mean == [1, 2])
      #expect(statistics?.covariance == [1, 0, 0, 2])
    }
  }

  @Test("Other shapes, missing arrays, numbers that are none and wrong labels are refused")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/bad.safetensors"
      func problem(_ change: (inout SafeTensors) -> Void) throws -> ImageDataError.Problem? {
        var file = SafeTensors()
        file["images"] = SafeTensors.Tensor([0, 1] as [Float], shape: [2, 1, 1, 1])
        change(&file)
        try file.write(to: path)
        do {
          let images = try ImageArray(contentsOf: path)
          _ = try images.points(0..<images.count)
          return nil
        } catch let error as ImageDataError {
          return error.problem
        }
      }
      #expect(try problem { _ in } == nil)
      #expect(
        try problem { $0["images"] = SafeTensors.Tensor([0, 1] as [Float], shape: [2, 1]) }
          == .shape([2, 1], expected: "[images, channels, height, width]"))
      #expect(
        try problem { $0["images"] = nil }
          == .missingArray("samples or images", available: []))
      #expect(
        try problem { $0["labels"] = SafeTensors.Tensor([0, 1, 2] as [Int64], shape: [3]) }
          == .counts(images: 2, labels: 3))
      #expect(
        try problem { $0["labels"] = SafeTensors.Tensor([0, -1] as [Int64], shape: [2]) }
          == .label(row: 1, value: -1, limit: 1_000_000_000))
      let broken = try problem {
        $0["images"] = SafeTensors.Tensor([0, .infinity] as [Float], shape: [2, 1, 1, 1])
      }
      #expect(broken == .pixel(index: 1, value: .infinity))
    }
  }
}
