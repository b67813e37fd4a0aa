// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import toylab

@Suite struct PeerAgreementTests {
  /// The Python with JAX that the tests may ask, if one is named.
  private static let python = ProcessInfo.processInfo.environment["TOYLAB_PEER_PYTHON"]

  private func agreement(_ name: String) throws -> PeerAgreement {
    try #require(try PeerAgreement(try BenchmarkItem.named(name)))
  }

  @Test(
    "a peer is asked for the loss and gradient of a batch of its kind of item, and a wrong one is refused",
    arguments: [
      ("esd-64", 64, 2), ("isd-2x64", 64, 2), ("unet-tiny", 8, 128),
      ("unet-tiny-difference", 8, 128),
    ])
  func agreement(name: String, rows: Int, dimension: Int) throws {
    let agreement = try agreement(name)
    let request = agreement.request
    #expect(request.parameters.count == agreement.expected.gradient.count)
    #expect(request.data.count == rows * dimension && request.noise.count == rows * dimension)
    #expect(request.time.count == rows)
    #expect(zip(request.time, request.endTime).allSatisfy { $0 >= $1 })
    #expect(agreement.expected.loss > 0)
    try agreement.check(agreement.expected)
    let wrong = PeerGradient(
      loss: agreement.expected.loss, gradient: agreement.expected.gradient.map { $0 * 1.01 })
    #expect(throws: PeerError.self) { try agreement.check(wrong) }
  }

  @Test("a U-Net is compared where no gradient is zero because a parameter is")
  func everyParameterMatters() throws {
    let gradient = try agreement("unet-tiny").expected.gradient
    #expect(gradient.filter { $0 == 0 }.count * 100 < gradient.count)
  }

  @Test("a convolution is compared as part of a U-Net, products and transformers are not")
  func others() throws {
    #expect(try agreement("conv-7x8").name == "unet, exact tangent")
    for name in ["hvp-64", "tit-tiny"] {
      #expect(try PeerAgreement(try BenchmarkItem.named(name)) == nil)
    }
  }

  @Test("JAX computes our losses and gradients", .enabled(if: python != nil))
  func jax() throws {
    let peer = try PeerProcess(
      python: try #require(Self.python), script: "Benchmarks/peers/jax_steps.py", threads: 1)
    let items = try [
      "isd-64", "isd-4x512", "esd-64", "esd-4x512", "unet-tiny", "unet-tiny-difference",
    ].map { try BenchmarkItem.named($0) }
    try Benchmark(items: items, threads: [1], repetitions: 1).checkAgreement(with: peer)
  }
}
