// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// The images of a source, each moved by a few pixels and turned left to right at random when it is drawn for
/// training. What is evaluated and measured are the images as they are.
///
/// How a row is changed depends on the seed, the step and the row alone.
public struct JitteredImages: DataSource {
  /// The images as they are.
  public let images: any DataSource
  /// The most pixels by which an image is moved along an axis, either way; what comes into sight is ``background``.
  public let shift: Int
  /// Whether every other image, at random, is turned left to right.
  public let flips: Bool
  /// The number of an empty pixel.
  public let background: Double

  /// - Precondition: points of the source are images, `[channels, height, width]`, larger than the shift.
  public init(_ images: any DataSource, shift: Int, flips: Bool, background: Double = -1) {
    let shape = images.pointShape
    precondition(
      shape.count == 3 && shift >= 0 && shift < min(shape[1], shape[2]),
      "points of shape \(shape) are no images to move by \(shift) pixels")
    self.images = images
    self.shift = shift
    self.flips = flips
    self.background = background
  }

  public var name: String { images.name }
  public var pointShape: [Int] { images.pointShape }
  public var classCount: Int { images.classCount }
  public var observationSize: Int { images.observationSize }
  public var measurementLimit: Int? { images.measurementLimit }

  public func filler(seed: UInt64) -> RowFiller<Float> { jittered(images.filler(seed: seed), seed) }
  public func filler(seed: UInt64) -> RowFiller<Double> {
    jittered(images.filler(seed: seed), seed)
  }

  public func labelledSamples(
    count: Int, stream: RandomStream
  ) -> (points: [Double], labels: [Int32]) {
    images.labelledSamples(count: count, stream: stream)
  }

  public func measurementSamples(
    for purposes: [StreamPurpose], count: Int, seed: UInt64
  ) -> [[Double]] {
    images.measurementSamples(for: purposes, count: count, seed: seed)
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  private func jittered<Scalar: BinaryFloatingPoint & Sendable>(
    _ fill: @escaping RowFiller<Scalar>, _ seed: UInt64
  ) -> RowFiller<Scalar> {
    let stream = RandomStream(seed: seed, purpose: .imageShifts)
    let (channels, height, width) = (pointShape[0], pointShape[1], pointShape[2])
    let (shift, flips, background) = (shift, flips, Scalar(background))
    return { batch in
      fill(batch)
      let now = stream.at(step: UInt64(batch.step))
      for row in 0..<batch.rows.count {
        var draws = now.generator(row: batch.rows.lowerBound + row)
        let down = Int(draws.uniform() * Double(2 * shift + 1)) - shift
        let right = Int(draws.uniform() * Double(2 * shift + 1)) - shift
        let isTurned = flips && draws.uniform() < 0.5
        for channel in 0..<channels {
          let start = (row * channels + channel) * height * width
          let plane = UnsafeMutableBufferPointer(
            rebasing: batch.points[start..<start + height * width])
          move(plane, height, width, down: down, right: right, background)
          if isTurned { turn(plane, height, width) }
        }
      }
    }
  }
}

/// Moves the pixels of a plane in place, from the side where they are overwritten last.
@inline(__always)
private func move<Scalar>(
  _ plane: UnsafeMutableBufferPointer<Scalar>, _ height: Int, _ width: Int, down: Int, right: Int,
  _ background: Scalar
) {
  for step in 0..<height {
    let row = down > 0 ? height - 1 - step : step
    for place in 0..<width {
      let column = right > 0 ? width - 1 - place : place
      let (fromRow, fromColumn) = (row - down, column - right)
      let isInside = fromRow >= 0 && fromRow < height && fromColumn >= 0 && fromColumn < width
      plane[row * width + column] = isInside ? plane[fromRow * width + fromColumn] : background
    }
  }
}

@inline(__always)
private func turn<Scalar>(
  _ plane: UnsafeMutableBufferPointer<Scalar>, _ height: Int, _ width: Int
) {
  for row in 0..<height {
    for column in 0..<width / 2 {
      plane.swapAt(row * width + column, row * width + width - 1 - column)
    }
  }
}
