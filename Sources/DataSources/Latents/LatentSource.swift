// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Latents of an autoencoder as a source, in units in which they are of order one; some are held out for measurements.
///
/// Which latent a row holds is told by ``FiniteOrder``. Where the files hold means and variances, row `g` of the training
/// has a draw of its own, so that a latent is another in each epoch.
public struct LatentSource: DataSource {
  public let name: String
  private let latents: LatentSet
  private let lot: HeldOutLot

  init(name: String, latents: LatentSet, lot: HeldOutLot) {
    self.name = name
    self.latents = latents
    self.lot = lot
  }

  public var pointShape: [Int] { latents.shape }
  public var classCount: Int { latents.classCount }
  public var units: ImageUnits { latents.units }
  public var measurementLimit: Int? { lot.heldOut }

  public func filler(seed: UInt64) -> RowFiller<Float> { rows(seed) }
  public func filler(seed: UInt64) -> RowFiller<Double> { rows(seed) }

  /// Held-out latents drawn with replacement, each with a draw of its own.
  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    let indices = FiniteOrder.placesWithReplacement(count, of: lot.heldOut, stream: stream)
      .map(lot.heldOutIndex)
    let noise = stream.appending("latent noise")
    return (
      values(indices) { noise.at(step: UInt64($0)) },
      indices.map { latents.labels.isEmpty ? 0 : latents.labels[$0] }
    )
  }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    let noise = RandomStream(seed: seed, purpose: .measuredLatentNoise)
    return FiniteOrder.measurementPlaces(
      sets: purposes.count, count, of: lot.heldOut, seed: seed
    ).map { places in
      values(places.map(lot.heldOutIndex)) { noise.at(step: UInt64(places[$0])) }
    }
  }

  /// Latents by their indices in the files, each drawn with the noise of its row.
  private func values(_ indices: [Int], noise: (_ row: Int) -> RandomStream) -> [Double] {
    let d = dimension
    return [Double](unsafeUninitializedCapacity: indices.count * d) { buffer, initialized in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: d) { scratch in
        for (row, index) in indices.enumerated() {
          latents.fill(
            UnsafeMutableBufferPointer(rebasing: buffer[row * d..<(row + 1) * d]), index: index,
            noise: noise(row), scratch: scratch)
        }
      }
      initialized = indices.count * d
    }
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  private func rows<Scalar: RandomScalar>(_ seed: UInt64) -> RowFiller<Scalar> {
    let order = FiniteOrder(count: lot.training, seed: seed)
    let noise = RandomStream(seed: seed, purpose: .latentNoise)
    let (latents, lot, d) = (latents, lot, dimension)
    return { batch in
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: d) { scratch in
        order.forEachRow(of: batch) { row, number, place in
          let index = lot.trainingIndex(place)
          latents.fill(
            UnsafeMutableBufferPointer(rebasing: batch.points[row * d..<(row + 1) * d]),
            index: index, noise: noise.at(step: UInt64(number)), scratch: scratch)
          if !batch.labels.isEmpty { batch.labels[row] = Scalar(latents.labels[index]) }
        }
      }
    }
  }
}
