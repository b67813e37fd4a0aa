// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A square matrix known by its products with vectors alone.
///
/// The algorithms of this module ask for nothing else, so that a Hessian, the Jacobian of an update field
/// and a stored matrix are all the same to them.
public protocol LinearOperator {
  /// The number of rows and of columns, at least 1.
  var dimension: Int { get }

  /// Whether `⟨x, A y⟩ = ⟨A x, y⟩` up to rounding.
  var isSymmetric: Bool { get }

  /// `result = A vector`, without allocation.
  ///
  /// - Parameters:
  ///   - vector: ``dimension`` numbers.
  ///   - result: ``dimension`` numbers, apart from those of `vector`.
  func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>) throws
}

/// A linear operator that can also be applied as its transpose.
public protocol TransposableOperator: LinearOperator {
  /// `result = Aᵀ vector`, without allocation; the shapes are those of ``LinearOperator/apply(_:into:)``.
  func applyTranspose(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>) throws
}

extension LinearOperator {
  /// `A vector`, as an array.
  public func applied(to vector: [Double]) throws -> [Double] {
    precondition(
      vector.count == dimension,
      "a vector of \(vector.count) numbers for an operator of dimension \(dimension)")
    return try [Double](unsafeUninitializedCapacity: dimension) { result, count in
      try vector.withUnsafeBufferPointer { vector in
        try apply(vector, into: UnsafeMutableBufferPointer(rebasing: result[..<dimension]))
      }
      count = dimension
    }
  }

  /// The operator as a stored matrix, from its products with the unit vectors.
  ///
  /// - Complexity: ``dimension`` products and `dimension²` numbers of memory; for toy sizes.
  public func dense() throws -> DenseOperator {
    var entries = [Double](repeating: 0, count: dimension * dimension)
    var unit = [Double](repeating: 0, count: dimension)
    for column in 0..<dimension {
      unit[column] = 1
      let image = try applied(to: unit)
      unit[column] = 0
      for row in 0..<dimension { entries[row * dimension + column] = image[row] }
    }
    return DenseOperator(entries, dimension: dimension, isSymmetric: isSymmetric)
  }
}

/// An operator from a closure.
public struct FunctionOperator: LinearOperator {
  /// Writes the product with its first argument to its second.
  public typealias Product = (
    UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>
  ) throws -> Void

  public let dimension: Int
  public let isSymmetric: Bool
  private let product: Product

  public init(dimension: Int, isSymmetric: Bool, product: @escaping Product) {
    precondition(dimension >= 1, "an operator has at least one dimension, not \(dimension)")
    self.dimension = dimension
    self.isSymmetric = isSymmetric
    self.product = product
  }

  public func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    try product(vector, result)
  }
}

/// The transpose of an operator.
public struct TransposedOperator<Base: TransposableOperator>: TransposableOperator {
  public let base: Base
  public var dimension: Int { base.dimension }
  public var isSymmetric: Bool { base.isSymmetric }

  public init(_ base: Base) { self.base = base }

  public func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    try base.applyTranspose(vector, into: result)
  }

  public func applyTranspose(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    try base.apply(vector, into: result)
  }
}
