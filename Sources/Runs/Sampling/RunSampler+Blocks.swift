// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import DataSources
internal import Engines
public import Files
internal import FlowMaps
internal import Foundation
internal import Interpolants
internal import Networks
internal import RandomStreams
internal import Training

// Samples block by block, so that their number is limited by no memory.

extension RunSampler {
  /// Rows of a block.
  private static let blockRows = 512

  /// Draws samples block by block; they are those of ``samples(count:steps:seed:label:scale:threads:)``.
  ///
  /// - Parameters:
  ///   - labels: the class of each sample, in turn from the first again; nil for none.
  ///   - body: called with the rows of a block and their samples in the units of training, in order.
  /// - Throws: as ``samples(count:steps:seed:label:scale:threads:)``, and what `body` throws.
  public func forEachBlock(
    count: Int, steps: Int = 1, seed: UInt64 = 0, labels: [Int]? = nil, scale: Double? = nil,
    threads: Int = 1, _ body: (_ rows: Range<Int>, _ samples: [Double]) throws -> Void
  ) throws {
    let rows = min(count, Self.blockRows)
    func draw<Scalar: TrainingScalar & TensorElement>(_ type: Scalar.Type) throws {
      let sampler = try sampler(type, rows, threads)
      for first in stride(from: 0, to: count, by: rows) {
        // The last block is as long as the others, and what it has too much is dropped.
        let block = first..<first + rows
        let samples = try sampler.sample(
          noise(block, seed), steps: steps,
          given: SamplingConditions(
            labels: labels.map { labels in block.map { labels[$0 % labels.count] } },
            scale: self.scale(scale)))
        let kept = first..<min(first + rows, count)
        try body(
          kept, try checked(Array(samples.prefix(kept.count * sampler.dimension))))
      }
    }
    switch run.configuration.precision {
    case .float32: try draw(Float.self)
    case .float64: try draw(Double.self)
    }
  }

  private func noise(_ rows: Range<Int>, _ seed: UInt64) -> [Double] {
    let draws = run.configuration.network.dimension
    return [Double](unsafeUninitializedCapacity: rows.count * draws) { buffer, count in
      RandomStream(seed: seed, purpose: .samplingNoise).fillNormal(
        UnsafeMutableBufferPointer(rebasing: buffer[..<(rows.count * draws)]), rows: rows,
        draws: draws)
      count = rows.count * draws
    }
  }

  /// The picture of a plan.
  ///
  /// - Parameter decoder: makes images of samples that are latents.
  /// - Throws: as ``samples(count:steps:seed:label:scale:threads:)``.
  public func gallery(
    _ plan: GalleryPlan, seed: UInt64 = 0, scale: Double? = nil,
    decoder: LatentDecoder? = nil, threads: Int = 1
  ) throws -> PNGImage {
    let panels = try plan.steps.map { steps in
      var panel: [Double] = []
      try forEachBlock(
        count: plan.count, steps: steps, seed: seed, labels: plan.labels, scale: scale,
        threads: threads
      ) { panel += $1 }
      return panel
    }
    return try plan.image(panels, decoder: decoder)
  }
}
