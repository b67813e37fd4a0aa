// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors

extension Program {
  /// Multiplications and additions in the matrix products of the program: `2 m k n` a product.
  var matrixProductOperations: Double {
    equations.reduce(0) { total, equation in
      guard case .matmul(let transposeLeft, _) = equation.primitive else { return total }
      let left = equations[equation.operands[0]].shape
      let inner = left[left.rank - (transposeLeft ? 2 : 1)]
      return total + 2 * Double(equation.shape.count) * Double(inner)
    }
  }
}

extension Executable {
  /// Multiplications and additions in the matrix products of a run over the whole batch, as the
  /// optimised program makes them.
  var matrixProductOperations: Double {
    program.matrixProductOperations * Double(rows) / Double(blockRows)
  }
}
