// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// What the engine does to a traced program before it is turned into instructions, in this order.
///
/// A pass stands for all before it as well. Every pass leaves a program that means the same, so fewer of them are
/// good for measuring what each is worth, and for nothing else.
public enum CompilationPass: String, CaseIterable, Sendable, Codable {
  /// None: the equations as they were traced.
  case tracing
  /// Equal computations share one value; a stop-gradient, which has done its work by then, is its operand.
  case commonSubexpressions
  /// What depends on literals alone is computed.
  case constantFolding
  /// Neutral elements, double negations, nested scalings, reshapes and transposes vanish.
  case algebra
  /// Work on tensors stretched from a smaller shape is done before they are stretched.
  case stretching
  /// Transposes become flags of matrix products.
  case transposes
  /// Terms of sums of products are collected (``Factoring``).
  case collection

  /// Whether this pass, or one after it, is `pass`.
  func includes(_ pass: CompilationPass) -> Bool { place >= pass.place }

  private var place: Int {
    switch self {
    case .tracing: return 0
    case .commonSubexpressions: return 1
    case .constantFolding: return 2
    case .algebra: return 3
    case .stretching: return 4
    case .transposes: return 5
    case .collection: return 6
    }
  }
}

/// A program made anew by a pass.
struct RewrittenProgram {
  let program: Program
  /// Equations that the pass had written and that nothing needs any more.
  let deadEquations: Int
}

extension Program {
  /// The same program after all passes up to one.
  func optimized(upTo last: CompilationPass = .collection) -> RewrittenProgram {
    switch last {
    case .tracing:
      return RewrittenProgram(program: self, deadEquations: 0)
    case .commonSubexpressions, .constantFolding, .algebra, .stretching, .transposes:
      return simplified(upTo: last)
    case .collection:
      return Factoring.factored(simplified())
    }
  }

  /// The same program without dead code, with common subexpressions shared, constants folded and the
  /// algebra of ``ProgramBuilder/rewritten(_:_:_:)`` applied.
  func simplified() -> Program { simplified(upTo: .transposes).program }

  private func simplified(upTo last: CompilationPass) -> RewrittenProgram {
    var builder = ProgramBuilder(upTo: last)
    var valueOf = [Int](repeating: -1, count: equations.count)
    for (index, equation) in equations.enumerated() {
      valueOf[index] = builder.emit(
        equation.primitive, equation.operands.map { valueOf[$0] }, equation.shape)
    }
    return rebuilt(from: builder, valueOf: valueOf)
  }
}
