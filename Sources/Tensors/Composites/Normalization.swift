// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `exp(x) / Σ exp(x)` along `axis`, computed after the maximum is subtracted.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  let shifted = x - stopGradient(x.maximum([axis], keepingDimensions: true))
  let exponentials = exp(shifted)
  return exponentials / exponentials.sum([axis], keepingDimensions: true)
}

/// `log Σ exp(x)` along `axis`; the axis disappears.
public func logSumExp(_ x: Tensor, axis: Int = -1) -> Tensor {
  let largest = stopGradient(x.maximum([axis], keepingDimensions: true))
  let total = log(exp(x - largest).sum([axis], keepingDimensions: true)) + largest
  return total.sum([axis])
}

/// `x / sqrt(mean(x²) + ε)` over the last axis.
public func rmsNorm(_ x: Tensor, epsilon: Double = 1e-6) -> Tensor {
  x * reciprocalSquareRoot(square(x).mean([-1], keepingDimensions: true) + epsilon)
}

/// `(x − mean) / sqrt(variance + ε)` over the last axis.
public func layerNorm(_ x: Tensor, epsilon: Double = 1e-6) -> Tensor {
  rmsNorm(x - x.mean([-1], keepingDimensions: true), epsilon: epsilon)
}
