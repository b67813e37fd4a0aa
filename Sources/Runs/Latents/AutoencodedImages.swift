// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
public import Files
internal import Foundation
internal import Measures
public import Networks
public import Training

/// Square images under the name by which they were asked for, of which an autoencoder makes latents.
public struct AutoencodedImages: Sendable {
  public let source: ImageSource
  private let request: ImageRequest
  private let fingerprint: String

  /// Images encoded at once.
  private static let blockRows = 512
  /// Images whose latents tell the scale and the shift.
  private static let momentRows = 4096

  /// - Parameter reduction: pixels of an image for one of the latent, along a side.
  /// - Throws: ``NoAutoencoderError`` for points that are no such images; `ImageDataError`.
  public init(_ request: ImageRequest, reduction: Int) throws {
    let found = try request.read()
    guard let source = found.source as? ImageSource, source.pointShape[1] == source.pointShape[2],
      source.pointShape[1].isMultiple(of: reduction)
    else {
      throw NoAutoencoderError(
        data: request.data, shape: found.source.pointShape, reduction: reduction)
    }
    self.source = source
    self.request = request
    fingerprint = found.record.fingerprint
  }

  /// Trains an autoencoder, and keeps with it how and on what: its decoder finds the images again by that.
  ///
  /// - Parameter progress: is called after each step.
  /// - Throws: `NonFiniteError`, `EngineError`; what `progress` throws.
  public func train(
    _ training: AutoencoderTraining, pool: WorkerPool, progress: (StepReport) throws -> Void
  ) throws -> TrainedAutoencoder {
    let parameters = try training.train(on: source, pool: pool, progress: progress)
    func trained(
      scale: Double, shift: Double, record: [String: String]
    ) -> TrainedAutoencoder {
      TrainedAutoencoder(
        network: training.network, parameters: parameters, scale: scale, shift: shift,
        imageSize: training.imageSize, record: record)
    }
    let latents = try moments(of: trained(scale: 1, shift: 0, record: [:]), pool)
    return trained(
      scale: 1 / latents.deviation, shift: latents.mean,
      record: [
        "data": KnownImages(rawValue: request.data) == nil
          ? URL(fileURLWithPath: request.data).standardizedFileURL.path : request.data,
        "shrink": "\(request.shrink)", "fingerprint": fingerprint,
        "steps": "\(training.training.steps)", "seed": "\(training.training.seed)",
        "divergence": "\(training.divergenceWeight)",
        "alignment": training.alignment.map { "\($0.weight)" } ?? "none", "toylab": toylabVersion,
      ])
  }

  /// Mean and deviation of draws of the latents over some images of the training: the variance is that of the latents'
  /// means with the mean of their variances.
  private func moments(
    of autoencoder: TrainedAutoencoder, _ pool: WorkerPool
  ) throws -> (mean: Double, deviation: Double) {
    let count = min(source.training.count, Self.momentRows)
    let latents = try AutoencoderReader(autoencoder, pool: pool).encode(
      source.training.points(0..<count, in: source.units))
    let means = RunningMoments(latents.means)
    let within = RunningMoments(latents.logVariances.map { exp($0) }).mean
    return (means.mean, max((means.variance + within).squareRoot(), .leastNormalMagnitude))
  }

  /// The latents of the images to train on, as a run on latents reads them: arrays `mean` and `logVariance`,
  /// `[N, C, H, W]` in single precision, the labels, and in the metadata the scale and the shift.
  ///
  /// - Parameters:
  ///   - count: only the first images; nil for all.
  ///   - progress: told how many are encoded.
  /// - Throws: `AutoencoderFileError` for an autoencoder of other images; `EngineError`.
  public func latents(
    of autoencoder: TrainedAutoencoder, count: Int? = nil, pool: WorkerPool,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> SafeTensors {
    guard source.pointShape == autoencoder.imageShape else {
      throw AutoencoderFileError.shape(
        path: request.data, found: source.pointShape, expected: autoencoder.imageShape)
    }
    let reader = AutoencoderReader(autoencoder, pool: pool)
    let total = min(count ?? source.training.count, source.training.count)
    var (means, logVariances): ([Float], [Float]) = ([], [])
    for start in stride(from: 0, to: total, by: Self.blockRows) {
      let rows = start..<min(start + Self.blockRows, total)
      let latents = try reader.encode(source.training.points(rows, in: source.units))
      means += latents.means.map { Float($0) }
      logVariances += latents.logVariances.map { Float($0) }
      progress(rows.upperBound, total)
    }
    let shape = [total] + autoencoder.latentShape
    var file = SafeTensors(
      metadata: ["scale": "\(autoencoder.scale)", "shift": "\(autoencoder.shift)"])
    file["mean"] = SafeTensors.Tensor(means, shape: shape)
    file["logVariance"] = SafeTensors.Tensor(logVariances, shape: shape)
    if !source.training.labels.isEmpty {
      file["labels"] = SafeTensors.Tensor(
        source.training.labels.prefix(total).map { Int64($0) }, shape: [total])
    }
    return file
  }
}

/// Points that no autoencoder can be trained on.
public struct NoAutoencoderError: Error, Equatable, CustomStringConvertible {
  public let data: String
  public let shape: [Int]
  public let reduction: Int

  public var description: String {
    "\(data): points of shape \(shape) make no latents; accepted are square images whose sides are multiples of "
      + "\(reduction) pixels"
  }
}
