// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import LinearAlgebra
internal import Networks
public import Training

/// A curvature at the parameters of a ``LossProbe``, on its batch, over the flat parameter vector or a part of it: the
/// block of the matrix whose rows and columns are selected.
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
    _ curvature: Curvature, of selection: ParameterSelection,
    compile: (_ isTransposed: Bool) -> Executable<Scalar>, layout: ParameterLayout
  ) {
    self.curvature = curvature
    dimension = selection.count
    product = CompiledProduct(compile(false), layout: layout, selection: selection)
    transposedProduct =
      curvature.isSymmetric
      ? product : CompiledProduct(compile(true), layout: layout, selection: selection)
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
  private let selection: ParameterSelection

  init(
    _ executable: Executable<Scalar>, layout: ParameterLayout, selection: ParameterSelection
  ) {
    self.executable = executable
    self.selection = selection
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
      vector.count == selection.count && result.count == selection.count,
      "vectors of \(vector.count) and \(result.count) numbers for \(selection.count) parameters")
    // The direction stays zero where nothing is selected.
    let (direction, product) = (direction.elements, product.elements)
    eachPlace { number, place in direction[place] = Scalar(vector[number]) }
    try executable.run()
    eachPlace { number, place in result[number] = Double(product[place]) }
  }

  /// Calls `body` with the number of every selected parameter and its place in the vector.
  private func eachPlace(_ body: (_ number: Int, _ place: Int) -> Void) {
    var number = 0
    for index in selection.ranges.indices {
      for place in selection.ranges[index] {
        body(number, place)
        number += 1
      }
    }
  }
}
