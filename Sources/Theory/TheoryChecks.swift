// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// All checks, by their numbers.
public let theoryChecks: [any TheoryCheck.Type] = [
  RepresentationCheck.self,
  WellPosednessCheck.self,
  ErrorBoundsCheck.self,
  TwoCurvaturesCheck.self,
  AdaptiveWeightingCheck.self,
  DirectBalanceCheck.self,
  GaussianMinimizerCheck.self,
  MixtureMinimizerCheck.self,
  RepresentationCheck.self, FlowMapEquationsCheck.self, LossIdentityCheck.self,
  SemiGradientCheck.self, UnbiasedScoreCheck.self, RelaxedTimesCheck.self, EndpointMapsCheck.self,
]
