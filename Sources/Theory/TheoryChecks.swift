// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// All checks, by their numbers.
public let theoryChecks: [any TheoryCheck.Type] = [
  RepresentationCheck.self, FlowMapEquationsCheck.self, LossIdentityCheck.self,
  DirectBalanceCheck.self, GaussianMinimizerCheck.self, MixtureMinimizerCheck.self,
  SemiGradientCheck.self, FiniteDifferenceCheck.self, ConsistencyCheck.self,
  GradientEquivalenceCheck.self, UnbiasedScoreCheck.self, ErrorBoundsCheck.self,
  TwoCurvaturesCheck.self, RelaxedTimesCheck.self, WellPosednessCheck.self,
  AdaptiveWeightingCheck.self, EndpointMapsCheck.self,
]
