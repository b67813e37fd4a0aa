// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import RandomStreams
import TestSupport
import Testing

@testable import DataSources

@Suite struct LatentSourceTests {
  /// Shards of some latents of 1 × 1 × 2 numbers: the number of the latent, and its half.
  private func write(
    _ folder: String, counts: [Int], deviation: Float? = nil, metadata: [String: String] = [:]
  ) throws {
    var first = 0
    for (shard, count) in counts.enumerated() {
      var file = SafeTensors(metadata: metadata)
      let values = (first..<first + count).flatMap { [Float($0), Float($0) / 2] }
      let shape = [count, 1, 1, 2]
      file[deviation == nil ? "samples" : "mean"] = SafeTensors.Tensor(values, shape: shape)
      if let deviation {
        file["logVariance"] = SafeTensors.Tensor(
          [Float](repeating: 2 * Float(log(Double(deviation))), count: values.count), shape: shape)
      }
      file["labels"] = SafeTensors.Tensor(
        (first..<first + count).map { Int64($0 % 5) }, shape: [count])
      try file.write(to: "\(folder)/\(shard).safetensors")
      first += count
    }
  }

  @Test("samples in several files are one set, scaled as their metadata say or an option does")
  func samples() throws {
    try withTemporaryFolder { folder in
      try write(folder, counts: [4, 1, 5], metadata: ["scale": "0.5", "shift": "2"])
      let found = try ImageRequest(data: folder).read()
      #expect(found.record.kind == .latents && found.record.shape == [1, 1, 2])
      #expect(found.record.count == 8 && found.record.heldOut == 2 && found.record.classCount == 5)
      #expect(found.record.units == ImageUnits(center: 2, scale: 2))
      let rows = drawnRows(found.source, step: 0, batch: 8, chunk: 3)
      let held = found.source.measurementSamples(
        for: [.evaluationData], count: 2, seed: 0)[0]
      let numbers = stride(from: 0, to: 16, by: 2).map { rows.points[$0] * 2 + 2 }
      let others = [held[0] * 2 + 2, held[2] * 2 + 2]
      #expect((numbers + others).sorted() == (0..<10).map(Double.init))
      for (row, number) in numbers.enumerated() {
        #expect(rows.points[2 * row + 1] == (number / 2 - 2) / 2)
        #expect(rows.labels[row] == Double(Int(number) % 5))
      }
      var request = ImageRequest(data: folder)
      (request.latentScale, request.latentShift) = (4, -1)
      #expect(try request.read().record.units == ImageUnits(center: -1, scale: 0.25))
    }
  }

  @Test("latents with variances are drawn anew each epoch, with the moments that the files say")
  func moments() throws {
    try withTemporaryFolder { folder in
      try write(folder, counts: [5], deviation: 0.25)
      let source = try ImageRequest(data: folder).read().source
      #expect(
        drawnRows(source, step: 2, batch: 7, chunk: 2)
          == drawnRows(source, step: 2, batch: 7, chunk: 7))
      // 1,000 epochs of four latents.
      let rows = drawnRows(source, step: 0, batch: 4000, chunk: 4000)
      var deviations: [Double] = []
      for row in 0..<4000 {
        deviations.append(rows.points[2 * row] - rows.labels[row])
      }
      #expect(Set(deviations).count == 4000)
      let mean = deviations.reduce(0, +) / 4000
      let variance = deviations.reduce(0) { $0 + $1 * $1 } / 4000
      // Four standard errors of 4,000 draws.
      #expect(abs(mean) < 4 * 0.25 / 4000.0.squareRoot())
      #expect(abs(variance / 0.0625 - 1) < 4 * (2 / 4000.0).squareRoot())
    }
  }

  @Test("half precision and bfloat16 are read where they lie")
  func halves() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      for (type, one, half) in [
        (TensorElementType.float16, UInt16(0x3C00), UInt16(0x3800)),
        (.brainFloat16, 0x3F80, 0x3F00),
      ] {
        let header =
          #"{"samples":{"dtype":"\#(type.rawValue)","shape":[2,1,1,2],"data_offsets":[0,8]}}"#
        var data = Data([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8)
        for bits in [one, half, one, half] {
          data += [UInt8(bits & 255), UInt8(bits >> 8)]
        }
        try data.write(to: URL(fileURLWithPath: path))
        let source = try ImageRequest(data: path).read().source
        #expect(drawnRows(source, step: 0, batch: 1, chunk: 1).points == [1, 0.5])
      }
    }
  }

  @Test("files that do not belong together, and options for images, are refused")
  func refused() throws {
    try withTemporaryFolder { folder in
      func problem(_ change: (inout ImageRequest) -> Void = { _ in }) -> ImageDataError.Problem? {
        var request = ImageRequest(data: folder)
        change(&request)
        return #expect(throws: ImageDataError.self) { try request.read() }?.problem
      }
      try write(folder, counts: [3, 3])
      #expect(problem { $0.shrink = 2 } == .option("shrinking", reason: "latents have no pixels"))
      var file = SafeTensors()
      file["mean"] = SafeTensors.Tensor([Float](repeating: 0, count: 6), shape: [3, 1, 1, 2])
      try file.write(to: "\(folder)/1.safetensors")
      #expect(problem() == .missingArray("logVariance", available: ["mean"]))
      file["logVariance"] = file["mean"]
      file["labels"] = SafeTensors.Tensor([Int64](repeating: 0, count: 3), shape: [3])
      try file.write(to: "\(folder)/1.safetensors")
      guard case .missingArray("samples", _)? = problem() else {
        Issue.record("samples and variances were mixed")
        return
      }
      try write(folder, counts: [3], metadata: ["scale": "big"])
      try FileManager.default.removeItem(atPath: "\(folder)/1.safetensors")
      #expect(
        problem()
          == .setting("the scale in the metadata", value: "\"big\"", accepted: "a finite number"))
    }
  }
}
