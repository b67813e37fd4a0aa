// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors

@testable import Engines

/// The functions of the vector_math headers, and those built on the processor's division and root.
enum VectorMath {
  static let functions: [UnaryOperation] = [
    .exponential, .logarithm, .sine, .cosine, .tanh, .sigmoid, .erf,
  ]
  static let operations =
    functions + [.squareRoot, .reciprocalSquareRoot, .reciprocal]

  /// Applies the kernel to `x`, read and written `offset` elements into larger buffers.
  static func apply<Scalar: EngineScalar>(
    _ operation: UnaryOperation, _ x: [Scalar], offset: Int = 0
  ) -> [Scalar] {
    let padded = [Scalar](repeating: 0, count: offset) + x
    var result = [Scalar](repeating: 0, count: padded.count)
    result.withUnsafeMutableBufferPointer { out in
      padded.withUnsafeBufferPointer { input in
        guard let d = out.baseAddress, let a = input.baseAddress else { return }
        let source = a + offset
        Scalar.apply(operation.opcode, d + offset, source, source, source, x.count)
      }
    }
    return Array(result[offset...])
  }
}
