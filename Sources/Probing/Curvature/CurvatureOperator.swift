// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import LinearAlgebra
internal import Networks
public import Training

/// A curvature at the parameters of a ``LossProbe``, on its batch, over the flat parameter vector.
///
/// It reads the probe's parameters at every product. A product is a run of a compiled program, and
/// allocates nothing.
public final class CurvatureOperator<Scalar: TrainingScalar>: TransposableOperator {
  public let curvature: Curvature
  public let dimension: Int
  public var isSymmetric: Bool { curvature.isSymmetric }

  private let product: CompiledProduct<Scalar>
  private let transposedProduct: CompiledProduct<Scalar>

  init(
    _ curvature: Curvature, dimension: Int, compile: (_ isTransposed: Bool) -> Executable<Scalar>,
    layout: ParameterLayout
  ) {
    self.curvature = curvature
    self.dimension = dimension
    product = CompiledProduct(compile(false), layout: layout)
    transposedProduct =
      curvature.isSymmetric ? product : CompiledProduct(compile(true), layout: layout)
  }

  public func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    try product.apply(vector, into: result)
  }

  public func applyTranspose(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    try transposedProduct.apply(vector, into: result)
  }
}

/// A program from `direction` to `product`.
private final class CompiledProduct<Scalar: TrainingScalar> {
  private let executable: Executable<Scalar>
  private let direction: Buffer<Scalar>
  private let product: Buffer<Scalar>

  init(_ executable: Executable<Scalar>, layout: ParameterLayout) {
    self.executable = executable
    direction = Buffer(count: layout.count)
    product = Buffer(count: layout.count)
    executable.bind(inputs: layout, prefix: "direction", to: direction)
    executable.bind(outputs: layout, prefix: "product", to: product)
    executable.prepare()
  }

  func apply(
    _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
  ) throws {
    precondition(
      vector.count == direction.count && result.count == direction.count,
      "vectors of \(vector.count) and \(result.count) numbers for \(direction.count) parameters")
    for index in 0..<direction.count { direction.pointer[index] = Scalar(vector[index]) }
    try executable.run()
    for index in 0..<direction.count { result[index] = Double(product.pointer[index]) }
  }
}
