// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Foundation
import Networks
import Runs
import TestSupport
import Testing
import Training

@Suite struct SampleTrajectoryTests {
  private func withSampler(_ body: (RunSampler, _ folder: String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let run = ResolvedRun(
        configuration: TrainingConfiguration(
          network: MultilayerPerceptron(width: 8, depth: 1), batch: 16, steps: 4,
          evaluationPoints: 16),
        source: try ResolvedRun.Source(named: "two"), checkpointInterval: 4, threads: 1,
        command: "toylab train")
      _ = try RecordedTraining(run, in: "\(folder)/run", existing: .refuse).train()
      try body(try RunSampler("\(folder)/run"), folder)
    }
  }

  @Test("a trajectory leads from the noise to the samples")
  func ends() throws {
    try withSampler { sampler, _ in
      let path = try sampler.trajectory(count: 20, steps: 4, seed: 3)
      #expect(path.times == [1, 0.75, 0.5, 0.25, 0] && path.points.count == 5)
      #expect(path.samples == (try sampler.samples(count: 20, steps: 4, seed: 3)))
      #expect(path.points[0] == (try sampler.trajectory(count: 20, seed: 3).points[0]))
    }
  }

  @Test("every format holds the same numbers", arguments: SampleTrajectory.Format.allCases)
  func formats(format: SampleTrajectory.Format) throws {
    try withSampler { sampler, folder in
      let path = try sampler.trajectory(count: 7, steps: 2)
      let file = "\(folder)/t.\(format.rawValue)"
      #expect(SampleTrajectory.Format(fileName: file) == format)
      try path.write(to: file, as: format, precision: .float32)
      let expected = path.points.flatMap { $0 }
      switch format {
      case .csv:
        let table = try DelimitedText(contentsOf: file)
        #expect(table.columnNames == ["point", "time", "x1", "x2"] && table.rowCount == 21)
        let rows = (0..<21).map { Array(table.values[4 * $0..<4 * $0 + 4]) }
        #expect(rows.map { $0[1] } == path.times.flatMap { Array(repeating: $0, count: 7) })
        #expect(rows.flatMap { $0[2...].map { Float($0) } } == expected.map { Float($0) })
      case .json:
        struct Contents: Decodable {
          let times: [Double]
          let points: [[[Float]]]
        }
        let contents = try JSON.decode(
          Contents.self, from: try #require(FileManager.default.contents(atPath: file)))
        #expect(contents.times == path.times)
        #expect(contents.points.flatMap { $0.flatMap { $0 } } == expected.map { Float($0) })
      case .npy:
        let array = try NumpyArray(contentsOf: file)
        #expect(array.shape == [3, 7, 2] && array.elementType == .float32)
        // The noise is drawn in double precision.
        #expect(array.values == expected.map { Double(Float($0)) })
      case .safetensors:
        let tensors = try SafeTensors(contentsOf: file)
        #expect(try tensors.values("times", as: Double.self, path: file) == path.times)
        #expect(
          try tensors.values("points", as: Float.self, shape: [3, 7, 2], path: file)
            == expected.map { Float($0) })
      }
    }
  }
}
