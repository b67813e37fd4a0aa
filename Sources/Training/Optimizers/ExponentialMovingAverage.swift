// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines

/// Running averages of a parameter vector, one for each of several decays.
///
/// After update number `n` with values `x`, `average += w * (x - average)`, where the weight is
/// `1 - decay`, or with bias correction `(1 - decay) / (1 - decay^n)`.
///
/// - Without bias correction the average starts at the initial parameters, which keep the share
///   `decay^n` in it. This is the usual practice, and what published runs mean by their decay.
/// - With bias correction the initial parameters have no share: the first update replaces them, and
///   the average is that of the values seen, each weighted by `decay` to the power of its age.
///
/// The averages are kept in double precision for every element type. In single precision an
/// average of decay 0.9999 stops moving once a value is within about 600 roundings of it.
public struct ExponentialMovingAverage: Sendable {
  /// The decays, each in [0, 1), in the order given.
  public let decays: [Double]

  /// Whether the initial parameters are left out of the averages.
  public let correctsBias: Bool

  /// The number of values in each average.
  public let count: Int

  /// The number of updates made so far.
  public private(set) var updateCount: Int

  /// The averages one after the other, decay by decay.
  private var averages: [Double]

  /// Averages that all start at `initial`; the decays must differ from each other.
  public init<Scalar: OptimizerScalar>(
    decays: [Double], startingAt initial: UnsafeBufferPointer<Scalar>, correctsBias: Bool = false
  ) {
    precondition(
      decays.allSatisfy { $0 >= 0 && $0 < 1 } && Set(decays).count == decays.count,
      "Decays must be different numbers from 0 to below 1, not \(decays).")
    self.decays = decays
    self.correctsBias = correctsBias
    self.count = initial.count
    self.updateCount = 0
    self.averages = decays.flatMap { _ in initial.map(Double.init) }
  }

  /// Moves every average towards `values`; allocates nothing as long as no copy is alive.
  ///
  /// - Parameter pool: Threads that share the work on long vectors; they change no bit of the result.
  public mutating func update<Scalar: OptimizerScalar>(
    with values: UnsafeBufferPointer<Scalar>, pool: WorkerPool? = nil
  ) {
    precondition(values.count == count, "\(values.count) values for an average of \(count).")
    updateCount += 1
    for (index, decay) in decays.enumerated() {
      let range = index * count..<(index + 1) * count
      let weight = weight(decay: decay)
      averages.withUnsafeMutableBufferPointer { averages in
        Scalar.updateAverage(
          UnsafeMutableBufferPointer(rebasing: averages[range]), values: values, weight: weight,
          pool: pool)
      }
    }
  }

  private func weight(decay: Double) -> Double {
    correctsBias ? (1 - decay) / (1 - integerPower(decay, updateCount)) : 1 - decay
  }

  /// Writes the average of ``decays```[index]` to `destination`, rounding each value once.
  public func copyAverage<Scalar: OptimizerScalar>(
    at index: Int, to destination: UnsafeMutableBufferPointer<Scalar>
  ) {
    precondition(decays.indices.contains(index), "There is no average \(index).")
    precondition(
      destination.count == count, "\(destination.count) places for an average of \(count).")
    averages.withUnsafeBufferPointer { averages in
      Scalar.copy(
        average: UnsafeBufferPointer(rebasing: averages[index * count..<(index + 1) * count]),
        to: destination)
    }
  }
}

// MARK: - Buffers

extension ExponentialMovingAverage {
  /// Averages that all start at the contents of a buffer; the decays must differ from each other.
  public init<Scalar: EngineScalar & OptimizerScalar>(
    decays: [Double], startingAt initial: Buffer<Scalar>
  ) {
    self.init(decays: decays, startingAt: UnsafeBufferPointer(initial.elements))
  }

  /// Moves every average towards the contents of a buffer.
  public mutating func update<Scalar: EngineScalar & OptimizerScalar>(
    with values: Buffer<Scalar>, pool: WorkerPool? = nil
  ) {
    update(with: UnsafeBufferPointer(values.elements), pool: pool)
  }

  /// Writes the average of ``decays```[index]` to a buffer, rounding each value once.
  public func copyAverage<Scalar: EngineScalar & OptimizerScalar>(
    at index: Int, to buffer: Buffer<Scalar>
  ) {
    copyAverage(at: index, to: buffer.elements)
  }
}

// MARK: - Saving

extension ExponentialMovingAverage {
  /// The averages by name, as a checkpoint stores them: `average.` and the decay. Together with
  /// ``updateCount`` they are the whole state.
  public var vectors: [(name: String, values: [Double])] {
    decays.indices.map { index in
      (vectorName(index), Array(averages[index * count..<(index + 1) * count]))
    }
  }

  /// Takes up a saved state; on failure the averages are unchanged.
  ///
  /// - Throws: ``OptimizerError`` for a count below zero, a missing vector or a wrong length.
  public mutating func restore(
    updateCount: Int, vectors: [String: [Double]]
  ) throws(OptimizerError) {
    guard updateCount >= 0 else { throw .stepCount(updateCount) }
    var restored: [Double] = []
    restored.reserveCapacity(averages.count)
    for index in decays.indices {
      let name = vectorName(index)
      guard let values = vectors[name] else {
        throw .missingVector(name: name, available: Array(vectors.keys))
      }
      guard values.count == count else {
        throw .vectorLength(name: name, found: values.count, expected: count)
      }
      restored += values
    }
    self.updateCount = updateCount
    self.averages = restored
  }

  private func vectorName(_ index: Int) -> String { "average.\(decays[index])" }
}
