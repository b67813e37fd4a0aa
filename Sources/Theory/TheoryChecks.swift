// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// All checks, by their numbers.
public let theoryChecks: [any TheoryCheck.Type] = [
  RepresentationCheck.self,
  FiniteDifferenceCheck.self,
  ConsistencyCheck.self,
  GradientEquivalenceCheck.self,
]
