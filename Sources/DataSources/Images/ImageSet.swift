// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Images of one shape with their labels. Pixels of 8 bits stay bytes.
public struct ImageSet: Sendable, Equatable {
  /// The pixels as they lie in memory, `N × C × H × W`.
  public enum Values: Sendable, Equatable {
    case bytes([UInt8])
    case floats([Float])

    var count: Int {
      switch self {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      }
    }
  }

  /// `[C, H, W]`
  public let shape: [Int]
  public let values: Values
  /// A class an image, from 0 to below the number of classes; empty if there are none.
  public let labels: [Int32]
  /// `N`
  public let count: Int

  /// - Precondition: there is an image, numbers for all of them, and a label for each or none.
  public init(shape: [Int], values: Values, labels: [Int32] = []) {
    let size = shape.reduce(1, *)
    precondition(
      shape.count == 3 && size > 0 && values.count > 0 && values.count % size == 0,
      "\(values.count) numbers are no images of shape \(shape)")
    count = values.count / size
    precondition(
      labels.isEmpty || labels.count == count, "\(labels.count) labels for \(count) images")
    self.shape = shape
    self.values = values
    self.labels = labels
  }

  /// Numbers of an image.
  public var dimension: Int { shape.reduce(1, *) }

  /// One more than the largest label; 0 if there are none.
  public var labelLimit: Int { labels.max().map { Int($0) + 1 } ?? 0 }

  /// The numbers of an image in given units.
  func image(_ index: Int, in units: ImageUnits) -> [Double] {
    let range = index * dimension..<(index + 1) * dimension
    switch values {
    case .bytes(let values): return values[range].map { units.normalized(Double($0)) }
    case .floats(let values): return values[range].map { units.normalized(Double($0)) }
    }
  }

  /// Some of the images.
  func part(_ places: [Int]) -> ImageSet {
    func gathered<Value>(_ values: [Value]) -> [Value] {
      var part: [Value] = []
      part.reserveCapacity(places.count * dimension)
      for place in places { part += values[place * dimension..<(place + 1) * dimension] }
      return part
    }
    let chosen: Values =
      switch values {
      case .bytes(let values): .bytes(gathered(values))
      case .floats(let values): .floats(gathered(values))
      }
    return ImageSet(
      shape: shape, values: chosen, labels: labels.isEmpty ? [] : places.map { labels[$0] })
  }

  /// The images with each square of `factor × factor` pixels replaced by its mean; that of bytes is rounded to a byte, so
  /// that the images are those of 8 bits in the smaller size.
  ///
  /// - Precondition: the factor divides both sides.
  public func shrunk(by factor: Int) -> ImageSet {
    let (height, width) = (shape[1], shape[2])
    precondition(
      factor > 0 && height % factor == 0 && width % factor == 0,
      "\(width) by \(height) pixels are not shrunk by \(factor)")
    guard factor > 1 else { return self }
    let small = [shape[0], height / factor, width / factor]
    let area = factor * factor
    func means<Value, Total: AdditiveArithmetic>(
      _ values: [Value], _ add: (inout Total, Value) -> Void, _ mean: (Total) -> Value
    ) -> [Value] {
      var result: [Value] = []
      result.reserveCapacity(values.count / area)
      for plane in 0..<count * shape[0] {
        for row in 0..<small[1] {
          for column in 0..<small[2] {
            var total = Total.zero
            for line in 0..<factor {
              let start = (plane * height + row * factor + line) * width + column * factor
              for place in start..<start + factor { add(&total, values[place]) }
            }
            result.append(mean(total))
          }
        }
      }
      return result
    }
    let shrunk: Values =
      switch values {
      case .bytes(let values):
        .bytes(means(values, { $0 += Int($1) }, { UInt8(($0 + area / 2) / area) }))
      case .floats(let values):
        .floats(means(values, { $0 += Double($1) }, { Float($0 / Double(area)) }))
      }
    return ImageSet(shape: small, values: shrunk, labels: labels)
  }
}
