// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@Suite struct StopGradientTests {
  private let x = Argument("x", [3], [0.4, -0.7, 1.2])
  private let u = Argument("u", [3], [1, 0.5, -2])

  @Test("a blocked derivative is zero, a crossed one is the identity's")
  func policies() throws {
    let y = x.tensor * stopGradient(sin(x.tensor))
    let blocked = derivative(of: y, along: [x.tensor: u.tensor])
    let crossed = derivative(of: y, along: [x.tensor: u.tensor], stopGradients: .crossed)
    let values = try evaluate(
      [
        blocked, u.tensor * sin(x.tensor), crossed,
        u.tensor * (sin(x.tensor) + x.tensor * cos(x.tensor)),
      ], [x, u])
    #expect(relativeDifference(values[0], values[1]) < 1e-15)
    #expect(relativeDifference(values[2], values[3]) < 1e-15)
    #expect(relativeDifference(values[0], values[2]) > 0.1)
  }

  @Test("a gradient freezes targets; its two Jacobians differ")
  func hessianAndUpdateFieldDiffer() throws {
    // loss = ½ Σ (x² − sg(x³))²: gradient 2x(x² − x³), frozen Hessian 6x² − 2x³, field 6x² − 8x³.
    let residual = x.tensor * x.tensor - stopGradient(x.tensor * x.tensor * x.tensor)
    let loss = 0.5 * (residual * residual).sum()
    let field = gradient(of: loss, withRespectTo: x.tensor)
    let frozen = derivative(of: field, along: [x.tensor: u.tensor])
    let moving = derivative(of: field, along: [x.tensor: u.tensor], stopGradients: .crossed)
    let values = try evaluate([field, frozen, moving], [x, u])
    for i in 0..<3 {
      let (a, b) = (x.values[i], u.values[i])
      #expect(abs(values[0][i] - 2 * a * (a * a - a * a * a)) < 1e-14)
      #expect(abs(values[1][i] - (6 * a * a - 2 * a * a * a) * b) < 1e-13)
      #expect(abs(values[2][i] - (6 * a * a - 8 * a * a * a) * b) < 1e-13)
    }
  }

  @Test("what a crossed derivative lets through stays frozen for a later blocked one")
  func crossedThenBlocked() throws {
    let y = stopGradient(sin(x.tensor))
    let crossed = derivative(of: y, along: [x.tensor: u.tensor], stopGradients: .crossed)
    let again = derivative(of: crossed, along: [x.tensor: u.tensor])
    #expect(try evaluate([again], [x, u])[0] == [0, 0, 0])
  }

  @Test("a variable computed from another is held at its own tangent")
  func intermediateVariablesAreIndependent() throws {
    let noisy = x.tensor * x.tensor
    let y = noisy * x.tensor
    let partial = derivative(of: y, along: [noisy: u.tensor])
    let total = derivative(of: y, along: [noisy: u.tensor, x.tensor: u.tensor])
    let gradients = gradient(of: y.sum(), withRespectTo: [noisy, x.tensor])
    let values = try evaluate([partial, total] + gradients, [x, u])
    for i in 0..<3 {
      let (a, b) = (x.values[i], u.values[i])
      #expect(abs(values[0][i] - a * b) < 1e-15)
      #expect(abs(values[1][i] - (a * b + a * a * b)) < 1e-14)
      #expect(abs(values[2][i] - a) < 1e-15)
      #expect(abs(values[3][i] - a * a) < 1e-15)
    }
  }

  @Test("a crossed pullback is the transpose of a crossed derivative")
  func transposed() throws {
    let x = Argument("x", [2, 3], [0.4, -0.7, 1.2, 0.1, 0.9, -0.3])
    let u = Argument("u", [2, 3], [1, 0.5, -2, 0.3, -0.4, 0.8])
    let v = Argument("v", [2, 3], [-0.2, 1.5, 0.6, 0.7, 0.1, -1])
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
