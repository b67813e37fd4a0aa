// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@Suite struct SquaredResidualsTests {
  private let x = Argument("x", [2, 3], [0.4, -0.7, 1.2, 0.1, 0.9, -0.3])
  private let u = Argument("u", [2, 3], [1, 0.5, -2, 0.3, -0.4, 0.8])
  private let v = Argument("v", [2, 3], [-0.2, 1.5, 0.6, 0.7, 0.1, -1])

  @Test("residuals are found through weights, not behind stops nor inside one another")
  func found() {
    let inner = squaredNorm(x.tensor)
    let first = sin(x.tensor) * inner.reshaped(to: [2, 1]).broadcast(to: [2, 3])
    let second = x.tensor - stopGradient(cos(x.tensor))
    let loss = squaredNorm(first) + squaredNorm(second)
    let weighted = loss / stopGradient(loss + 1)
    #expect(Set(squaredResiduals(in: mean(weighted))) == [first, second])
    #expect(squaredResiduals(in: x.tensor.sum()).isEmpty)
  }

  @Test("a crossed pullback is the transpose of a crossed derivative")
  func transposed() throws {
    let field = gradient(
      of: squaredNorm(sin(x.tensor) - stopGradient(x.tensor * x.tensor * cos(x.tensor))).sum(),
      withRespectTo: x.tensor)
    let forward = derivative(of: field, along: [x.tensor: u.tensor], stopGradients: .crossed)
    let crossed = pullback(
      of: [field], along: [v.tensor], to: [x.tensor], stopGradients: .crossed)[0]
    let blocked = pullback(of: [field], along: [v.tensor], to: [x.tensor])[0]
    let values = try evaluate(
      [
        (v.tensor * forward).sum(), (crossed * u.tensor).sum(), (blocked * u.tensor).sum(),
      ], [x, u, v])
    #expect(abs(values[0][0] - values[1][0]) < 1e-13 * abs(values[0][0]))
    #expect(abs(values[0][0] - values[2][0]) > 1e-3 * abs(values[0][0]))
  }
}
