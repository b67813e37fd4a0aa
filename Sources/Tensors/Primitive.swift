// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The closed set of operations a tensor graph is made of.
///
/// Shapes, derivatives, printing and every engine's lowering are exhaustive switches over this
/// enum, so a primitive without one of its rules does not compile. Anything bigger (softmax,
/// normalisation, attention) is a composite of these.
public enum Primitive: Hashable, Sendable {
  /// A value supplied when the program runs.
  case input(name: String)
  /// A literal. The array holds one value (every element equal) or `shape.count` values.
  case constant([Double])
  case unary(UnaryOperation)
  /// Two operands of equal shape; broadcasting is explicit.
  case binary(BinaryOperation)
  /// Two operands of equal shape; 1 where the relation holds, 0 elsewhere.
  case compare(Comparison)
  /// Operands (mask, whenNonZero, whenZero) of equal shape.
  case select
  /// Stretches extents of 1, and adds leading axes, to reach the result's shape.
  case broadcast
  /// Reduces over `axes` (ascending), which disappear from the shape.
  case reduce(Reduction, axes: [Int])
  /// The same elements in row-major order under another shape of equal count.
  case reshape
  /// Result axis `i` is operand axis `permutation[i]`.
  case transpose(permutation: [Int])
  /// Per axis: start, exclusive limit and stride.
  case slice(starts: [Int], limits: [Int], strides: [Int])
  /// Zeros before, after and between (`interior`) the elements of each axis.
  case pad(low: [Int], high: [Int], interior: [Int])
  case concatenate(axis: Int)
  /// Operands `[batch…, m, k]` and `[batch…, k, n]` with equal batch extents; a flag says that the
  /// last two axes of that operand are stored exchanged.
  case matmul(transposeLeft: Bool, transposeRight: Bool)
  /// Operands: table `[n, rest…]` and row numbers `[indices…]`; result `[indices…, rest…]`.
  /// Row numbers are stored in the element type and must be exact integers in `0..<n`.
  case gather
  /// Operands: values `[indices…, rest…]` and row numbers `[indices…]`; result `[rows, rest…]`, the
  /// sum of the values that name each row.
  case scatterAdd(rows: Int)
  /// The identity, whose derivative is zero (see ``StopGradientPolicy``).
  case stopGradient
}

public enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  case negate
  case reciprocal
  case exponential
  case logarithm
  case sine
  case cosine
  case tanh
  /// The logistic function `1 / (1 + exp(-x))`.
  case sigmoid
  case squareRoot
  case reciprocalSquareRoot
  /// The error function.
  case erf
  case absolute
  /// −1, 0 or 1.
  case sign
}

public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case maximum
  case minimum
}

public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case less
  case lessOrEqual
  case equal
}

public enum Reduction: String, Hashable, Sendable, CaseIterable {
  case sum
  case maximum
}
