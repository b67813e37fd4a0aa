// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// How the outputs that are reduced over blocks take their terms.
///
/// Such an output is added into a slot block after block, so a sum on the way to it need not be formed:
/// each of its terms is added by itself, a matrix product straight from its kernel. Scalings and
/// reshapes on the way become part of the term.
struct Accumulation {
  struct Term: Equatable {
    let output: Int
    let scale: Double
  }

  /// The terms each value contributes.
  private(set) var terms: [Int: [Term]] = [:]
  /// Values nothing reads any more.
  private(set) var absorbed: Set<Int> = []

  private let program: Program
  private let useCounts: [Int]

  /// - Parameter meanScale: the share of this block in a mean over rows.
  init(_ program: Program, meanScale: Double) {
    self.program = program
    var useCounts = [Int](repeating: 0, count: program.equations.count)
    for equation in program.equations {
      for operand in equation.operands { useCounts[operand] += 1 }
    }
    for output in program.outputs { useCounts[output.value] += 1 }
    self.useCounts = useCounts
    for (index, output) in program.outputs.enumerated() {
      switch output.role {
      case .perRow: continue
      case .sum: collect(output.value, Term(output: index, scale: 1))
      case .mean: collect(output.value, Term(output: index, scale: meanScale))
      }
    }
  }

  /// The term of a value that is used for nothing else.
  func soleTerm(of value: Int) -> Term? {
    guard let terms = terms[value], terms.count == 1, useCounts[value] == 1 else { return nil }
    return terms[0]
  }

  private mutating func collect(_ value: Int, _ term: Term) {
    let equation = program.equations[value]
    if useCounts[value] == 1 {
      switch equation.primitive {
      case .binary(.add):
        return replace(value, [(equation.operands[0], 1), (equation.operands[1], 1)], term)
      case .binary(.subtract):
        return replace(value, [(equation.operands[0], 1), (equation.operands[1], -1)], term)
      case .unary(.negate):
        return replace(value, [(equation.operands[0], -1)], term)
      case .binary(.multiply):
        for (index, operand) in equation.operands.enumerated() {
          if case .constant(let values) = program.equations[operand].primitive, values.count == 1 {
            return replace(value, [(equation.operands[1 - index], values[0])], term)
          }
        }
      case .reshape:
        return replace(value, [(equation.operands[0], 1)], term)
      default:
        break
      }
    }
    terms[value, default: []].append(term)
  }

  private mutating func replace(_ value: Int, _ parts: [(value: Int, scale: Double)], _ term: Term)
  {
    absorbed.insert(value)
    for part in parts {
      collect(part.value, Term(output: term.output, scale: term.scale * part.scale))
    }
  }
}
