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

/// `(x − mean) / sqrt(variance + ε)` over all pixels and the channels of a group (Wu and He, arXiv 1803.08494).
///
/// - Parameters:
///   - image: `[batch, height, width, channels]`
///   - groups: of adjacent channels, a divisor of their number.
public func groupNorm(
  _ image: Tensor, groups: Int, epsilon: Double = 1e-6, file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor {
  require(
    image.rank == 4 && groups > 0 && image.shape[3] % groups == 0,
    "group normalisation of \(groups) groups", [image.shape],
    "wanted [batch, height, width, channels] whose channels the groups divide", file, line)
  let (rows, channels) = (image.shape[0], image.shape[3])
  let pixels = image.reshaped(to: [rows, image.shape[1] * image.shape[2], channels])
  // Over pixels first, whose sums have long rows, then over the few channels of a group.
  func mean(_ x: Tensor) -> Tensor {
    x.mean([1]).reshaped(to: [rows, groups, channels / groups]).mean([2], keepingDimensions: true)
  }
  func spread(_ x: Tensor) -> Tensor {
    x.broadcast(to: [rows, groups, channels / groups]).reshaped(to: [rows, 1, channels])
  }
  let centred = pixels - spread(mean(pixels))
  let scale = reciprocalSquareRoot(mean(square(centred)) + epsilon)
  return (centred * spread(scale)).reshaped(to: image.shape)
}
