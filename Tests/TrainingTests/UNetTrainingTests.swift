// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Engines
import Files
import FlowMaps
import Foundation
import Interpolants
import Networks
import RandomStreams
import TestSupport
import Testing

@testable import Training

/// The U-Net on the ordinary path: a finite source of images with classes, iSD, guidance in training,
/// averages, checkpoints.
@Suite struct UNetTrainingTests {
  private func source() throws -> FinitePoints {
    try FinitePoints(
      name: "images", points: RandomStream(seed: 3, purpose: "test").normals(rows: 40, draws: 32),
      shape: [2, 4, 4], labels: (0..<40).map { $0 % 3 }, classCount: 3)
  }

  private func configuration(_ precision: Precision = .float32) -> TrainingConfiguration {
    TrainingConfiguration(
      network: UNet(
        UNetConfiguration(
          imageSize: 4, channels: 2, blockChannels: [4, 8], groups: 2, heads: 2,
          modulation: .doublyNormalized, classCount: 3)),
      loss: TrainingLoss(
        objective: .improvedSelfDistillation, guidance: Guidance(scale: 2, labelDropout: 0.2)),
      averageDecays: [0.9], batch: 48, steps: 12, precision: precision)
  }

  private func trainer(threads: Int) throws -> Trainer<Float> {
    let configuration = configuration()
    try configuration.validate()
    return Trainer(configuration, source: try source(), pool: WorkerPool(threads: threads))
  }

  @Test("it trains class-conditionally, bit for bit the same for 1, 2 and 3 threads and resumed")
  func training() throws {
    let whole = try trainer(threads: 1)
    var losses: [Double] = []
    for _ in 0..<12 { losses.append(try whole.advance().loss) }
    #expect(losses.allSatisfy { $0.isFinite })
    for threads in [2, 3] {
      let first = try trainer(threads: threads)
      for _ in 0..<5 { try first.advance() }
      try withTemporaryFolder { folder in
        let path = "\(folder)/checkpoint.safetensors"
        try first.checkpoint().write(to: path)
        let second = try trainer(threads: 4 - threads)
        try second.restore(from: path)
        for step in 5..<12 { #expect(try second.advance().loss == losses[step]) }
        #expect(second.checkpoint() == whole.checkpoint())
      }
    }
  }

  @Test("its configuration reads back from JSON")
  func coding() throws {
    let configuration = configuration(.float64)
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
  }
}
