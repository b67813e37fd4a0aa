// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Engines

@Suite struct MonomialTests {
  @Test("products multiply coefficients and keep factors in order")
  func products() {
    let product = Monomial(coefficient: 2, factors: [3, 5])
      .multiplied(by: Monomial(coefficient: -3, factors: [4, 3]))
    #expect(product == Monomial(coefficient: -6, factors: [3, 3, 4, 5]))
    #expect(product.divided(by: 3).factors == [3, 4, 5])
    #expect(product.scaled(by: 0.5).coefficient == -3)
  }

  @Test("equal terms merge unless they cancel")
  func merging() {
    let terms = [
      Monomial(factors: [1]), Monomial(factors: [2]), Monomial(coefficient: 3, factors: [1]),
      Monomial(coefficient: -1, factors: [2]),
    ]
    #expect(
      Monomial.merged(terms) == [
        Monomial(coefficient: 4, factors: [1]), Monomial(factors: [2]),
        Monomial(coefficient: -1, factors: [2]),
      ])
  }
}
