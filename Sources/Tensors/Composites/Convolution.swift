// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Zeros around an image, as many rows as columns.
public struct ImagePadding: Hashable, Sendable {
  /// Rows above and columns left of the image.
  public let low: Int
  /// Rows below and columns right of the image.
  public let high: Int

  /// - Precondition: neither is negative.
  public init(low: Int, high: Int) {
    precondition(low >= 0 && high >= 0, "a padding of \(low) and \(high)")
    self.low = low
    self.high = high
  }

  /// Nothing is added.
  public static let none = ImagePadding(low: 0, high: 0)

  /// What keeps an image's size under a square kernel that steps by 1.
  ///
  /// - Precondition: the kernel's size is odd.
  public static func same(kernel: Int) -> ImagePadding {
    precondition(kernel % 2 == 1, "a kernel of \(kernel) has no centre")
    return ImagePadding(low: kernel / 2, high: kernel / 2)
  }
}

extension Tensor {
  /// Zeros around images `[batch, height, width, channels]`.
  func padded(by padding: ImagePadding, file: StaticString, line: UInt) -> Tensor {
    padded(
      low: [0, padding.low, padding.low, 0], high: [0, padding.high, padding.high, 0], file: file,
      line: line)
  }
}

/// A two-dimensional convolution (cross-correlation).
///
/// Where the window steps by 1, a sum over the kernel's rows of products: each pixel is first joined with those to its
/// right that the kernel sees, so that a product's inner axis is a row of the kernel. Where it steps further, a sum over
/// the kernel's positions of a strided slice times a matrix.
///
/// - Parameters:
///   - image: `[batch, height, width, channels]`
///   - kernel: `[kernelHeight, kernelWidth, channels, features]`
///   - stride: the step of the window in both directions, at least 1.
///   - padding: zeros around the image, which count to its height and width.
/// - Returns: `[batch, (height − kernelHeight) / stride + 1, …, features]`
public func convolution(
  _ image: Tensor, kernel: Tensor, stride: Int = 1, padding: ImagePadding = .none,
  file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  require(
    image.rank == 4 && kernel.rank == 4 && image.shape[3] == kernel.shape[2] && stride > 0,
    "convolution", [image.shape, kernel.shape],
    "wanted [batch, height, width, channels], a kernel [h, w, channels, features], and a positive stride",
    file, line)
  let image = image.padded(by: padding, file: file, line: line)
  require(
    image.shape[1] >= kernel.shape[0] && image.shape[2] >= kernel.shape[1],
    "convolution", [image.shape, kernel.shape], "the kernel does not fit in the image", file, line)
  return stride == 1
    ? rowConvolution(image, kernel) : stridedConvolution(image, kernel, stride: stride)
}

/// A convolution whose window steps by 1.
private func rowConvolution(_ image: Tensor, _ kernel: Tensor) -> Tensor {
  let height = image.shape[1] - kernel.shape[0] + 1
  let width = image.shape[2] - kernel.shape[1] + 1
  let inner = kernel.shape[1] * kernel.shape[2]
  let joined = concatenate(
    (0..<kernel.shape[1]).map { image.sliced($0..<$0 + width, axis: 2) }, axis: 3)
  let products = (0..<kernel.shape[0]).map { row in
    matmul(
      joined.sliced(row..<row + height, axis: 1),
      kernel.sliced(row..<row + 1, axis: 0).reshaped(to: [inner, kernel.shape[3]]))
  }
  return products.dropFirst().reduce(products[0]) { $0 + $1 }
}

/// A convolution whose window steps by any number of pixels.
private func stridedConvolution(_ image: Tensor, _ kernel: Tensor, stride: Int) -> Tensor {
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

/// Every pixel repeated in a square of `factor × factor` pixels.
///
/// - Parameters:
///   - image: `[batch, height, width, channels]`
///   - factor: at least 1.
/// - Returns: `[batch, factor · height, factor · width, channels]`
public func upsampled(
  _ image: Tensor, by factor: Int, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  require(
    image.rank == 4 && factor > 0, "upsampling by \(factor)", [image.shape],
    "wanted [batch, height, width, channels] and a positive factor", file, line)
  let (batch, height, width, channels) =
    (image.shape[0], image.shape[1], image.shape[2], image.shape[3])
  return image.reshaped(to: [batch, height, 1, width, 1, channels])
    .broadcast(to: [batch, height, factor, width, factor, channels])
    .reshaped(to: [batch, height * factor, width * factor, channels])
}

/// The mean of every square of `factor × factor` pixels, the transpose of ``upsampled(_:by:file:line:)`` but for
/// its scale.
///
/// - Parameters:
///   - image: `[batch, height, width, channels]`, both sides multiples of the factor.
///   - factor: at least 1.
/// - Returns: `[batch, height / factor, width / factor, channels]`
public func averagePooled(
  _ image: Tensor, by factor: Int, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
  require(
    image.rank == 4 && factor > 0 && image.shape[1] % factor == 0 && image.shape[2] % factor == 0,
    "average pooling by \(factor)", [image.shape],
    "wanted [batch, height, width, channels] whose sides are multiples of the factor", file, line)
  return image.reshaped(
    to: [
      image.shape[0], image.shape[1] / factor, factor, image.shape[2] / factor, factor,
      image.shape[3],
    ]
  ).mean([2, 4])
}
