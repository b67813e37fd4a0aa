// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import RandomStreams
import Tensors

/// A 3×3 convolution that keeps the size of its images, and the gradients of its image and its kernel along a fixed
/// direction: what a training step makes of it.
final class ConvolutionBenchmark: BenchmarkWork {
  private let executable: Executable<Float>

  init(_ sizes: BenchmarkItem.ConvolutionSizes, batch: Int, pool: WorkerPool) {
    let channels = sizes.channels
    let kernelShape: Shape = [3, 3, channels, channels]
    executable = Executable(rows: batch, pool: pool) { rows in
      let image = Tensor.input("image", [rows, sizes.size, sizes.size, channels])
      let direction = Tensor.input("direction", image.shape)
      let kernel = Tensor.input("kernel", kernelShape)
      let output = convolution(image, kernel: kernel, padding: .same(kernel: 3))
      let gradients = gradient(of: (output * direction).sum(), withRespectTo: [image, kernel])
      return Program(
        rows: rows, inputs: [(.perRow, image), (.perRow, direction), (.shared, kernel)],
        outputs: [
          ("output", .perRow, output), ("imageGradient", .perRow, gradients[0]),
          ("kernelGradient", .sum, gradients[1]),
        ])
    }
    let stream = RandomStream(seed: 0, purpose: .benchmarkData)
    for name in ["image", "direction", "kernel"] {
      executable.bind(
        input: name,
        to: Buffer(
          stream.appending(name).normals(rows: executable.inputCount(name), draws: 1)))
    }
    executable.prepare()
  }

  var operations: Double { executable.matrixProductOperations }

  var program: Program { executable.program }

  var memory: Int { executable.workingMemory }

  func profile(repetitions: Int) throws -> ExecutionProfile {
    try executable.profile(repetitions: repetitions)
  }

  func step() throws -> Double {
    try executable.run()
    return 0
  }
}
