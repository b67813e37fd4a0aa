// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Draws samples of a mixture, `x = m_k + U diag(√c) n`.
///
/// Layout of the stream, by row `i`: draw 0 is the uniform number that chooses the component by its place
/// among the cumulative weights (not drawn for a single component); draws `4 ..< 4 + d` are the standard
/// normals `n`. Row `i` of the result so depends on the stream and on `i` alone, however rows are split.
public struct MixtureSampler: Sendable {
  public let dimension: Int
  private let single: SamplerTables<Float>
  private let double: SamplerTables<Double>

  public init(_ mixture: GaussianMixture) {
    dimension = mixture.dimension
    single = SamplerTables(mixture)
    double = SamplerTables(mixture)
  }

  /// Fills `rows.count × d` numbers, row-major. The working memory is on the stack for `d ≤ 128`.
  ///
  /// - Parameters:
  ///   - rows: which rows of the batch; the first goes to the start of `out`.
  ///   - labels: receives the label of each row.
  public func fill(
    _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>, stream: RandomStream,
    labels: UnsafeMutableBufferPointer<Int32>? = nil
  ) {
    single.fill(out, rows: rows, labels: labels) { values, rows in
      stream.fillUniform(values, rows: rows, draws: 1)
    } normal: { values, rows in
      stream.fillNormal(values, rows: rows, draws: dimension, firstDraw: 4)
    }
  }

  /// Fills `rows.count × d` numbers, row-major; see the form for `Float`.
  public func fill(
    _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>, stream: RandomStream,
    labels: UnsafeMutableBufferPointer<Int32>? = nil
  ) {
    double.fill(out, rows: rows, labels: labels) { values, rows in
      stream.fillUniform(values, rows: rows, draws: 1)
    } normal: { values, rows in
      stream.fillNormal(values, rows: rows, draws: dimension, firstDraw: 4)
    }
  }
}

extension GaussianMixture {
  /// `count × d` samples, row-major: the first rows of what a ``MixtureSampler`` draws.
  public func samples(count: Int, stream: RandomStream) -> [Double] {
    precondition(count >= 0, "a number of samples is not negative, got \(count)")
    return [Double](unsafeUninitializedCapacity: count * dimension) { buffer, filled in
      MixtureSampler(self).fill(buffer, rows: 0..<count, stream: stream)
      filled = count * dimension
    }
  }
}

/// The constants of sampling in one precision.
private struct SamplerTables<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  let dimension: Int
  let count: Int
  /// `K − 1` cumulative weights: a component is the number of them that a uniform number reaches.
  let thresholds: [Scalar]
  /// Per component the mean, then `U diag(√c)`, row-major.
  let transforms: [Scalar]
  let labels: [Int32]

  init(_ mixture: GaussianMixture) {
    dimension = mixture.dimension
    count = mixture.components.count
    var sum = 0.0
    thresholds = mixture.components.dropLast().map {
      sum += $0.weight
      return Scalar(sum)
    }
    transforms = mixture.components.flatMap { component in
      component.mean.map { Scalar($0) }
        + component.eigenvectors.flatMap { row in
          zip(row, component.eigenvalues).map { Scalar($0 * $1.squareRoot()) }
        }
    }
    labels = mixture.components.map { Int32(truncatingIfNeeded: $0.label) }
  }

  @inline(__always)
  func fill(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>,
    labels: UnsafeMutableBufferPointer<Int32>?,
    uniform: (UnsafeMutableBufferPointer<Scalar>, Range<Int>) -> Void,
    normal: (UnsafeMutableBufferPointer<Scalar>, Range<Int>) -> Void
  ) {
    precondition(
      out.count >= rows.count * dimension,
      "\(rows.count) rows of \(dimension) do not fit \(out.count)")
    precondition(
      labels.map { $0.count >= rows.count } ?? true, "\(rows.count) labels do not fit")
    guard let target = out.baseAddress, !rows.isEmpty else { return }
    normal(out, rows)
    let chunk = 64
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: chunk) { uniforms in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: chunk) { choices in
        var first = rows.lowerBound
        while first < rows.upperBound {
          let end = min(first + chunk, rows.upperBound)
          if count > 1 { uniform(uniforms, first..<end) }
          choose(base(choices), base(uniforms), count: end - first)
          let offset = first - rows.lowerBound
          place(target + offset * dimension, base(choices), count: end - first)
          if let labels {
            for row in 0..<end - first { labels[offset + row] = self.labels[Int(choices[row])] }
          }
          first = end
        }
      }
    }
  }

  @inline(__always)
  private func choose(
    _ choices: UnsafeMutablePointer<Int32>, _ uniforms: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for row in 0..<count { choices[row] = 0 }
    for threshold in thresholds {
      for row in 0..<count { choices[row] &+= uniforms[row] >= threshold ? 1 : 0 }
    }
  }

  /// Turns normals into samples, in place.
  @inline(__always)
  private func place(
    _ values: UnsafeMutablePointer<Scalar>, _ choices: UnsafeMutablePointer<Int32>, count: Int
  ) {
    let stride = dimension * (1 + dimension)
    transforms.withUnsafeBufferPointer { transforms in
      let transforms = base(transforms)
      guard dimension != 2 else {
        for row in 0..<count {
          let transform = transforms + Int(choices[row]) &* stride
          let point = values + 2 &* row
          let (x, y) = (point[0], point[1])
          point[0] = transform[0] + transform[2] * x + transform[3] * y
          point[1] = transform[1] + transform[4] * x + transform[5] * y
        }
        return
      }
      withUnsafeTemporaryAllocation(of: Scalar.self, capacity: dimension) { normals in
        for row in 0..<count {
          let transform = transforms + Int(choices[row]) &* stride
          let point = values + dimension &* row
          for axis in 0..<dimension { normals[axis] = point[axis] }
          for axis in 0..<dimension {
            var sum = transform[axis]
            let factors = transform + dimension &* (1 &+ axis)
            for inner in 0..<dimension { sum += factors[inner] * normals[inner] }
            point[axis] = sum
          }
        }
      }
    }
  }
}
