// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// Draws samples of a mixture, `x = m_k + U diag(√c) n`.
///
/// Layout of the stream, by row `i`: draw 0 is the uniform number that chooses the component (not drawn for a
/// single component), by its place among the cumulative weights or, from ``GaussianMixture/fineComponentCount``
/// components on, in double precision by an alias table; draws `4 ..< 4 + d` are the standard
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
    } preciseUniform: { values, rows in
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
    } preciseUniform: { values, rows in
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
  /// `K − 1` cumulative weights, of few components: a component is the number of them that a uniform number
  /// reaches.
  let thresholds: [Scalar]
  /// Chooses among many.
  let aliases: AliasTable?
  /// `K × d`
  let means: [Scalar]
  /// `U diag(√c)`, row-major: one for each component, or one for all.
  let factors: [Scalar]
  /// From the factors of one component to those of the next.
  let factorStride: Int
  let labels: [Int32]

  init(_ mixture: GaussianMixture) {
    dimension = mixture.dimension
    count = mixture.components.count
    if count < GaussianMixture.fineComponentCount {
      var sum = 0.0
      thresholds = mixture.components.dropLast().map {
        sum += $0.weight
        return Scalar(sum)
      }
      aliases = nil
    } else {
      thresholds = []
      aliases = AliasTable(mixture.components.map(\.weight))
    }
    means = mixture.components.flatMap { $0.mean.map { Scalar($0) } }
    let distinct: ArraySlice<GaussianMixture.Component>
    switch mixture.form {
    case .general:
      distinct = mixture.components[...]
      factorStride = dimension * dimension
    case .fine:
      distinct = mixture.components.prefix(1)
      factorStride = 0
    }
    factors = distinct.flatMap { component in
      component.eigenvectors.flatMap { row in
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
    preciseUniform: (UnsafeMutableBufferPointer<Double>, Range<Int>) -> Void,
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
          if let aliases {
            choose(choices, by: aliases, first..<end, preciseUniform)
          } else {
            if count > 1 { uniform(uniforms, first..<end) }
            choose(base(choices), base(uniforms), count: end - first)
          }
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

  private func choose(
    _ choices: UnsafeMutableBufferPointer<Int32>, by aliases: AliasTable, _ rows: Range<Int>,
    _ uniform: (UnsafeMutableBufferPointer<Double>, Range<Int>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count) { uniforms in
      uniform(uniforms, rows)
      for row in 0..<rows.count { choices[row] = aliases.index(uniforms[row]) }
    }
  }

  /// Turns normals into samples, in place.
  @inline(__always)
  private func place(
    _ values: UnsafeMutablePointer<Scalar>, _ choices: UnsafeMutablePointer<Int32>, count: Int
  ) {
    means.withUnsafeBufferPointer { means in
      factors.withUnsafeBufferPointer { factors in
        let (means, factors) = (base(means), base(factors))
        guard dimension != 2 else {
          for row in 0..<count {
            let choice = Int(choices[row])
            let (mean, factors) = (means + 2 &* choice, factors + choice &* factorStride)
            let point = values + 2 &* row
            let (x, y) = (point[0], point[1])
            point[0] = mean[0] + factors[0] * x + factors[1] * y
            point[1] = mean[1] + factors[2] * x + factors[3] * y
          }
          return
        }
        withUnsafeTemporaryAllocation(of: Scalar.self, capacity: dimension) { normals in
          for row in 0..<count {
            let choice = Int(choices[row])
            let (mean, factors) = (means + dimension &* choice, factors + choice &* factorStride)
            let point = values + dimension &* row
            for axis in 0..<dimension { normals[axis] = point[axis] }
            for axis in 0..<dimension {
              var sum = mean[axis]
              let factors = factors + dimension &* axis
              for inner in 0..<dimension { sum += factors[inner] * normals[inner] }
              point[axis] = sum
            }
          }
        }
      }
    }
  }
}
