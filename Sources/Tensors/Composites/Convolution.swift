// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A two-dimensional convolution (cross-correlation) without padding, as a sum over the kernel's
/// positions of a strided slice times a matrix.
///
/// - Parameters:
///   - image: `[batch, height, width, channels]`
///   - kernel: `[kernelHeight, kernelWidth, channels, features]`
///   - stride: the step of the window in both directions, at least 1.
/// - Returns: `[batch, (height − kernelHeight) / stride + 1, …, features]`
public func convolution(
  _ image: Tensor, kernel: Tensor, stride: Int = 1, file: StaticString = #fileID,
  line: UInt = #line
) -> Tensor {
  require(
    image.rank == 4 && kernel.rank == 4 && image.shape[3] == kernel.shape[2] && stride > 0
      && image.shape[1] >= kernel.shape[0] && image.shape[2] >= kernel.shape[1],
    "convolution", [image.shape, kernel.shape],
    "wanted [batch, height, width, channels] and a kernel [h, w, channels, features] that fits in "
      + "it, and a positive stride", file, line)
  let height = (image.shape[1] - kernel.shape[0]) / stride + 1
  let width = (image.shape[2] - kernel.shape[1]) / stride + 1
  var total: Tensor?
  for row in 0..<kernel.shape[0] {
    for column in 0..<kernel.shape[1] {
      let window =
        image
        .sliced(row..<row + (height - 1) * stride + 1, axis: 1, stride: stride)
        .sliced(column..<column + (width - 1) * stride + 1, axis: 2, stride: stride)
      let weights = kernel.sliced(row..<row + 1, axis: 0).sliced(column..<column + 1, axis: 1)
        .reshaped(to: [kernel.shape[2], kernel.shape[3]])
      total = sum(total, matmul(window, weights))
    }
  }
  return total ?? .zeros([image.shape[0], height, width, kernel.shape[3]])
}
