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

@testable import Probing
@testable import Runs
@testable import Training

/// Networks on images on the ordinary path: a finite source of images with classes, iSD, guidance in training,
/// averages, checkpoints.
@Suite struct ImageTrainingTests {
  private static let networks: [Architecture] = [
    .transformer(
      FlowMapTransformer(
        TransformerConfiguration(
          imageSize: 4, patchSize: 2, channels: 2, width: 8, depth: 1, heads: 1, classCount: 3))),
    .unet(
      UNet(
        UNetConfiguration(
          imageSize: 4, channels: 2, blockChannels: [4, 8], groups: 2, heads: 2,
          modulation: .doublyNormalized, classCount: 3))),
  ]

  private func source() throws -> FinitePoints {
    try FinitePoints(
      name: "images", points: RandomStream(seed: 3, purpose: "test").normals(rows: 40, draws: 32),
      shape: [2, 4, 4], labels: (0..<40).map { $0 % 3 }, classCount: 3)
  }

  private func configuration(
    _ network: Architecture, _ precision: Precision = .float32
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      network: network,
      loss: TrainingLoss(
        objective: .improvedSelfDistillation, guidance: Guidance(scale: 2, labelDropout: 0.2)),
      averageDecays: [0.9], batch: 48, steps: 12, precision: precision)
  }

  private func trainer(_ network: Architecture, threads: Int) throws -> Trainer<Float> {
    let configuration = configuration(network)
    try configuration.validate()
    return Trainer(configuration, source: try source(), pool: WorkerPool(threads: threads))
  }

  @Test(
    "they train class-conditionally, bit for bit the same for 1, 2 and 3 threads and resumed",
    arguments: networks)
  func training(network: Architecture) throws {
    let whole = try trainer(network, threads: 1)
    var losses: [Double] = []
    for _ in 0..<12 { losses.append(try whole.advance().loss) }
    #expect(losses.allSatisfy { $0.isFinite })
    for threads in [2, 3] {
      let first = try trainer(network, threads: threads)
      for _ in 0..<5 { try first.advance() }
      try withTemporaryFolder { folder in
        let path = "\(folder)/checkpoint.safetensors"
        try first.checkpoint().write(to: path)
        let second = try trainer(network, threads: 4 - threads)
        try second.restore(from: path)
        for step in 5..<12 { #expect(try second.advance().loss == losses[step]) }
        #expect(second.checkpoint() == whole.checkpoint())
      }
    }
  }

  @Test(
    "a source whose law is unknown is measured by samples, parameters and averages alike",
    arguments: networks)
  func measurements(network: Architecture) throws {
    let set = try EvaluationSet(source: try source(), interpolant: .linear, count: 20)
    #expect(set.offers == [.samples])
    let run = TrainingRun<Float>(
      configuration(network), evaluation: set, pool: WorkerPool(threads: 2))
    let row = try #require(try run.begin())
    for decay in [nil, 0.9] {
      for metric in Metric.allCases {
        #expect((row.estimate(of: metric, average: decay) != nil) == (metric.need == .samples))
      }
    }
    while !run.isComplete { _ = try run.advance() }
  }

  @Test("a configuration reads back from JSON", arguments: networks)
  func coding(network: Architecture) throws {
    let configuration = configuration(network, .float64)
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: data) == configuration)
  }
}
