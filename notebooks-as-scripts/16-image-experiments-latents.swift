// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import DataSources
import Engines
import Files
import FlowMaps
import Foundation
import Measures
import Networks
import Probing
import Runs
import Training

// Two networks on pixels and on the latents of two autoencoders, which figure 16 trains.

/// One cell of the grid of networks, spaces and weightings.
struct GridCell: Codable, Sendable {
  let network: String
  let space: String
  let weighting: String
  let parameterCount: Int
  /// One a seed.
  let measured: [MeasuredImages]
}

/// What an autoencoder keeps of the images.
struct LatentSpace: Codable, Sendable {
  let name: String
  let squaredError: Estimate
  let sameClass: Estimate?
}

extension ImageExperiments {
  static let pixels = "pixels"
  static let latentSpaces: [(name: String, alignment: Double?)] = [
    ("latents", nil), ("aligned latents", 0.5),
  ]
  static let weightings: [(name: String, weighting: @Sendable (_ dimension: Int) -> Weighting)] = [
    // The published offset stands beside a sum of squares over the coordinates.
    ("adaptive", { .adaptive(offset: 0.01 / Double($0)) }),
    ("cosine", { _ in .cosinePseudoHuber() }),
  ]

  func grid() throws -> (cells: [GridCell], spaces: [LatentSpace]) {
    let made = try Self.latentSpaces.map { try latents($0.name, alignment: $0.alignment) }
    let spaces = [(Self.pixels, large)] + zip(Self.latentSpaces, made).map { ($0.name, $1.space) }
    var cells: [(network: String, space: String, weighting: String, count: Int)] = []
    var jobs: [ImageJob] = []
    for (spaceName, space) in spaces {
      let networks = [
        ("transformer", transformer(on: space, patch: spaceName == Self.pixels ? 4 : 1)),
        ("U-Net", unet(on: space)),
      ]
      for (networkName, network) in networks {
        for weighting in Self.weightings {
          cells.append((networkName, spaceName, weighting.name, network.layout.count))
          jobs += seeds(sizes.gridSeeds).map { seed in
            var configuration = configuration(network, seed: seed)
            configuration.loss = TrainingLoss(
              objective: .improvedSelfDistillation,
              weighting: weighting.weighting(network.dimension),
              tangent: configuration.loss.tangent, guidance: configuration.loss.guidance)
            return job(
              "network-\(networkName)-\(spaceName)-\(weighting.name)-seed\(seed)", on: space,
              configuration)
          }
        }
      }
    }
    let measured = try measure(jobs, "networks and spaces")
    return (
      cells.enumerated().map { index, cell in
        let first = index * sizes.gridSeeds
        return GridCell(
          network: cell.network, space: cell.space, weighting: cell.weighting,
          parameterCount: cell.count,
          measured: Array(measured[first..<first + sizes.gridSeeds]))
      }, made.map(\.quality)
    )
  }

  /// An autoencoder and the latents it makes, unless they are there.
  private func latents(
    _ name: String, alignment: Double?
  ) throws -> (space: Space, quality: LatentSpace) {
    try kept.makeFolder()
    let (model, file) = (
      kept.path(name) + "-autoencoder.safetensors", kept.path(name) + ".safetensors"
    )
    let pool = WorkerPool(threads: session.threads)
    let images = try AutoencodedImages(
      ImageRequest(data: KnownImages.fashionMNIST.rawValue), reduction: sizes.autoencoder.reduction)
    if !FileSystem.exists(model) {
      let training = AutoencoderTraining(
        network: Autoencoder(sizes.autoencoder), imageSize: images.source.pointShape[1],
        alignment: try alignment.map {
          LatentAlignment(
            to: try .shipped(imageSize: images.source.pointShape[1]), weight: $0)
        }, steps: sizes.autoencoderSteps, seed: session.seed)
      let progress = ProgressLine(
        label: "figure 16, \(name): autoencoder", total: sizes.autoencoderSteps)
      let trained = try images.train(training, pool: pool) {
        progress.update(step: $0.step, metric: "loss \(digits($0.loss))")
      }
      progress.finish()
      try trained.write(to: model, as: .float32)
    }
    let decoder = try DecoderFile(contentsOf: model)
    if !FileSystem.exists(file) {
      try images.latents(of: decoder.autoencoder, count: sizes.latents, pool: pool)
        .write(to: file)
    }
    let request = ImageRequest(data: file)
    let source = ResolvedRun.Source(request, try request.read())
    let quality = try ReconstructionQuality(
      of: decoder.autoencoder, on: images.source, pool: pool)
    return (
      Space(
        source: source,
        reference: try FeatureReference(
          large.reference.settings, of: source, decoder: decoder, threads: session.threads),
        decoder: model),
      LatentSpace(
        name: name, squaredError: quality.squaredError, sameClass: quality.agreement)
    )
  }
}
