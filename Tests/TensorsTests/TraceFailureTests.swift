// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import Testing

/// A mistake in a graph stops the program with the operation, the shapes and the place in the source.
@Suite struct TraceFailureTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test("a matmul of unfit matrices names both shapes and its own line")
  func matrixExtents() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = matmul(Tensor.input("a", [2, 3]), Tensor.input("b", [4, 5]))
    }
    let message = text(result)
    #expect(message.contains("matmul of [2, 3] and [4, 5]"))
    #expect(message.contains("inner extents 3 and 4"))
    #expect(message.contains("TraceFailureTests.swift"))
  }

  @Test("an operator names both operands, and where they were made")
  func operators() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.input("a", [2, 3]) + Tensor.input("b", [2, 4])
    }
    let message = text(result)
    #expect(message.contains("add of [2, 3] and [2, 4]"))
    #expect(message.contains("right operand [2, 4] (traced from"))
    #expect(message.contains("TraceFailureTests.swift"))
  }

  @Test("a gradient of something that is no scalar says what to do")
  func gradientOfAVector() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor.input("x", [3])
      _ = gradient(of: x * x, withRespectTo: x)
    }
    #expect(text(result).contains("must be a scalar; reduce it with sum() or mean()"))
  }

  @Test("a program without one of its inputs names the input")
  func missingInput() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor.input("x", [3])
      _ = Program(inputs: [], outputs: [("y", .sum, x * x)])
    }
    #expect(text(result).contains("output \"y\" needs input \"x\""))
  }
}
