// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

@testable import Engines

@Suite struct RootSetsTests {
  @Test("elementwise values have the roots of their operands, constants none, products themselves")
  func roots() {
    let x = Tensor.input("x", [2, 2])
    let y = matmul(x, x)
    let program = Program(
      inputs: [(.shared, x)], outputs: [("z", .sum, sin(x) * 2 + y * cos(x))])
    var roots = RootSets()
    roots.note(program.equations)
    func numbers(_ name: String) -> [Int] {
      program.equations.indices.filter { program.equations[$0].primitive.name == name }
        .map { roots.number(of: $0) }
    }
    #expect(numbers("sine") == numbers("input") && numbers("cosine") == numbers("input"))
    #expect(numbers("matmul") != numbers("input"))
    let (input, product) = (numbers("input")[0], numbers("matmul")[0])
    #expect(roots.precedes(input, product) && !roots.precedes(product, input))
    for value in program.equations.indices {
      if case .constant = program.equations[value].primitive {
        #expect(roots.latest([value]) == -1)
      }
    }
  }
}
