// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// How the outputs that are reduced over blocks take their terms.
///
/// Such an output is added into a slot block after block, so a sum on the way to it need not be formed:
/// each of its terms is added by itself, a matrix product straight from its kernel. Scalings and
/// reshapes on the way become part of the term, and so do zeros before and after it where the terms of an
/// output fill it part by part, as the rows of a convolution's kernel do.
struct Accumulation {
  struct Term: Equatable {
    let output: Int
    let scale: Double
    /// The element of the output at which the term begins.
    var offset = 0
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
      let scale: Double
      switch output.role {
      case .perRow: continue
      case .sum: scale = 1
      case .mean: scale = meanScale
      }
      let term = Term(output: index, scale: scale)
      var found = Collection()
      collect(output.value, term, inParts: true, &found)
      if !isWhole(found, of: output.value) {
        found = Collection()
        collect(output.value, term, inParts: false, &found)
      }
      for (value, term) in found.terms { terms[value, default: []].append(term) }
      absorbed.formUnion(found.absorbed)
    }
  }

  /// What is found on the way to one output.
  private struct Collection {
    var terms: [(value: Int, term: Term)] = []
    var absorbed: [Int] = []
  }

  /// Whether the parts that the terms fill are the same or apart, and fill the output: each part is then started
  /// by the first term that has it.
  private func isWhole(_ collection: Collection, of output: Int) -> Bool {
    let parts = Set(
      collection.terms.map { value, term in
        term.offset..<term.offset + program.equations[value].shape.count
      })
    var end = 0
    for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard part.lowerBound == end else { return false }
      end = part.upperBound
    }
    return end == program.equations[output].shape.count
  }

  /// The term of a value that is used for nothing else.
  func soleTerm(of value: Int) -> Term? {
    guard let terms = terms[value], terms.count == 1, useCounts[value] == 1 else { return nil }
    return terms[0]
  }

  private func collect(
    _ value: Int, _ term: Term, inParts: Bool, _ found: inout Collection
  ) {
    let equation = program.equations[value]
    func replace(_ parts: [(value: Int, scale: Double)], offset: Int = 0) {
      found.absorbed.append(value)
      for part in parts {
        collect(
          part.value,
          Term(
            output: term.output, scale: term.scale * part.scale, offset: term.offset + offset),
          inParts: inParts, &found)
      }
    }
    if useCounts[value] == 1 {
      switch equation.primitive {
      case .binary(.add): return replace([(equation.operands[0], 1), (equation.operands[1], 1)])
      case .binary(.subtract):
        return replace([(equation.operands[0], 1), (equation.operands[1], -1)])
      case .unary(.negate): return replace([(equation.operands[0], -1)])
      case .binary(.multiply):
        for (index, operand) in equation.operands.enumerated() {
          if case .constant(let values) = program.equations[operand].primitive, values.count == 1 {
            return replace([(equation.operands[1 - index], values[0])])
          }
        }
      case .reshape: return replace([(equation.operands[0], 1)])
      case .pad(let low, let high, let interior) where inParts:
        let isLeading =
          low.dropFirst().allSatisfy { $0 == 0 } && high.dropFirst().allSatisfy { $0 == 0 }
          && interior.allSatisfy { $0 == 0 }
        if isLeading, let rows = low.first {
          return replace([(equation.operands[0], 1)], offset: rows * equation.shape.strides[0])
        }
      default: break
      }
    }
    found.terms.append((value, term))
  }
}
