// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `x · sigmoid(x)` (swish).
public func silu(_ x: Tensor) -> Tensor { x * sigmoid(x) }

/// The Gaussian error linear unit `x · Φ(x)`, exact through the error function.
public func gelu(_ x: Tensor) -> Tensor { x * (0.5 * (1 + erf(x * 0.5.squareRoot()))) }
