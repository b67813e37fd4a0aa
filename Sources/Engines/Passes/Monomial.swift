// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A product of values with a literal coefficient.
struct Monomial: Equatable {
  var coefficient = 1.0
  /// Ascending, with repetitions.
  var factors: [Int] = []

  /// Longer sums and products are left as they are.
  static let mostTerms = 12
  static let mostFactors = 8

  func scaled(by factor: Double) -> Monomial {
    Monomial(coefficient: coefficient * factor, factors: factors)
  }

  func multiplied(by other: Monomial) -> Monomial {
    Monomial(
      coefficient: coefficient * other.coefficient, factors: (factors + other.factors).sorted())
  }

  /// - Precondition: `factor` is among the factors.
  func divided(by factor: Int) -> Monomial {
    guard let place = factors.firstIndex(of: factor) else {
      preconditionFailure("\(factor) is no factor of \(factors)")
    }
    var rest = self
    rest.factors.remove(at: place)
    return rest
  }

  /// Terms with the same factors added, unless they cancel: a difference that is zero for numbers is
  /// not for infinities.
  static func merged(_ monomials: [Monomial]) -> [Monomial] {
    var result: [Monomial] = []
    for term in monomials {
      let place = result.firstIndex {
        $0.factors == term.factors && $0.coefficient + term.coefficient != 0
      }
      if let place {
        result[place].coefficient += term.coefficient
      } else {
        result.append(term)
      }
    }
    return result
  }

  /// Whether two terms are opposite.
  static func someCancel(_ monomials: [Monomial]) -> Bool {
    var seen: [[Int]: Double] = [:]
    for term in monomials {
      if let other = seen[term.factors], other + term.coefficient == 0 { return true }
      seen[term.factors] = term.coefficient
    }
    return false
  }
}
