// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Draws samples of a mixture, `x = m_k + U diag(√c) n`.
///
/// Layout of the stream, by row `i`: draw 0 is the uniform number that chooses the component by its place
/// among the cumulative weights (not drawn for a single component); draws `4 ..< 4 + d` are the standard
/// normals `n`. Row `i` of the result so depends on the stream and on `i` alone, however rows are split.
public struct MixtureSampler: Sendable {
  public let dimension: Int
  let single: SamplerTables<Float>
  let double: SamplerTables<Double>

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
  public func fill<Scalar: MixtureScalar>(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, stream: RandomStream,
    labels: UnsafeMutableBufferPointer<Int32>? = nil
  ) {
    Scalar.tables(of: self).fill(out, rows: rows, stream: stream, labels: labels)
  }

  /// The labels that ``fill(_:rows:stream:labels:)`` gives to the same rows of the stream, without the points.
  public func fillLabels<Scalar: MixtureScalar>(
    _ labels: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>, stream: RandomStream,
    as type: Scalar.Type
  ) {
    Scalar.tables(of: self).fillLabels(labels, rows: rows, stream: stream)
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
public struct SamplerTables<Scalar: RandomScalar>: Sendable {
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

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func fill(
    _ out: UnsafeMutableBufferPointer<Scalar>, rows: Range<Int>, stream: RandomStream,
    labels: UnsafeMutableBufferPointer<Int32>?
  ) {
    precondition(
      out.count >= rows.count * dimension,
      "\(rows.count) rows of \(dimension) do not fit \(out.count)")
    precondition(
      labels.map { $0.count >= rows.count } ?? true, "\(rows.count) labels do not fit")
    guard let target = out.baseAddress, !rows.isEmpty else { return }
    stream.fillNormal(out, rows: rows, draws: dimension, firstDraw: 4)
    let chunk = 64
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: chunk) { uniforms in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: chunk) { choices in
        var first = rows.lowerBound
        while first < rows.upperBound {
          let end = min(first + chunk, rows.upperBound)
          if count > 1 { stream.fillUniform(uniforms, rows: first..<end, draws: 1) }
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

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func fillLabels(
    _ labels: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>, stream: RandomStream
  ) {
    precondition(labels.count >= rows.count, "\(rows.count) labels do not fit")
    guard let labels = labels.baseAddress else { return }
    let chunk = 64
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: chunk) { uniforms in
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: chunk) {
        let end = min(first + chunk, rows.upperBound)
        let places = labels + (first - rows.lowerBound)
        if count > 1 { stream.fillUniform(uniforms, rows: first..<end, draws: 1) }
        choose(places, base(uniforms), count: end - first)
        for row in 0..<end - first { places[row] = self.labels[Int(places[row])] }
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
