// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

@Suite struct ConvolutionTests {
  /// A convolution from its definition, image `[height, width, channels]`.
  private func direct(
    _ image: [Double], _ shape: [Int], _ kernel: [Double], _ kernelShape: [Int], stride: Int,
    padding: ImagePadding
  ) -> [Double] {
    let (height, width, channels) = (shape[0], shape[1], shape[2])
    let (rows, columns, features) = (kernelShape[0], kernelShape[1], kernelShape[3])
    let extra = padding.low + padding.high
    var values: [Double] = []
    for y in places(height + extra - rows, stride) {
      for x in places(width + extra - columns, stride) {
        for feature in 0..<features {
          var total = 0.0
          for row in 0..<rows {
            for column in 0..<columns {
              let (i, j) = (y + row - padding.low, x + column - padding.low)
              guard (0..<height).contains(i), (0..<width).contains(j) else { continue }
              for channel in 0..<channels {
                total +=
                  image[(i * width + j) * channels + channel]
                  * kernel[((row * columns + column) * channels + channel) * features + feature]
              }
            }
          }
          values.append(total)
        }
      }
    }
    return values
  }

  private func places(_ last: Int, _ step: Int) -> StrideThrough<Int> {
    stride(from: 0, through: last, by: step)
  }

  @Test(
    "a convolution is its definition",
    arguments: [
      (3, 1, ImagePadding.none), (3, 1, .same(kernel: 3)), (3, 2, ImagePadding(low: 0, high: 1)),
      (1, 1, .none), (5, 1, .same(kernel: 5)), (2, 2, .none),
    ])
  func definition(kernel size: Int, stride: Int, padding: ImagePadding) throws {
    var numbers = TestNumbers(seed: 3)
    let image = Argument("image", [2, 6, 8, 3], numbers.array(288))
    let kernel = Argument("kernel", [size, size, 3, 4], numbers.array(size * size * 12))
    for evaluator in Evaluator.allCases {
      let values = try evaluate(
        [convolution(image.tensor, kernel: kernel.tensor, stride: stride, padding: padding)],
        [image, kernel], by: evaluator)[0]
      let want = [image.values.prefix(144), image.values.suffix(144)].flatMap {
        direct(
          Array($0), [6, 8, 3], kernel.values, [size, size, 3, 4], stride: stride,
          padding: padding)
      }
      #expect(relativeDifference(values, want) < (evaluator == .float ? 1e-5 : 1e-13))
    }
  }

  @Test("upsampling repeats pixels, and pooling takes them back")
  func upsampling() throws {
    let image = Argument("image", [1, 1, 2, 2], [1, 2, 3, 4])
    let large = upsampled(image.tensor, by: 2)
    let values = try evaluate([large, averagePooled(large, by: 2)], [image])
    #expect(values[0] == [1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4])
    #expect(values[1] == image.values)
  }
}
