// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Networks
import Testing

@testable import toylab

@Suite struct BenchmarkItemTests {
  @Test("every standard item is known by its name")
  func names() throws {
    let names = BenchmarkItem.standard.map(\.name)
    #expect(
      names == [
        "isd-64", "isd-128", "isd-256", "isd-512", "isd-4x512", "esd-64", "esd-128", "esd-256",
        "esd-512", "esd-4x512", "hvp-64", "hvp-128", "hvp-256", "hvp-512", "hvp-4x512", "tit-tiny",
        "tit-tiny-difference", "unet-tiny", "unet-tiny-difference", "conv-14x64", "conv-28x32",
      ])
    for item in BenchmarkItem.standard {
      #expect(try BenchmarkItem.named(item.name) == item)
    }
  }

  @Test("other sizes and batches are named the same way")
  func sizes() throws {
    let item = try BenchmarkItem.named("hvp-2x48@256")
    #expect(item.batch == 256 && item.name == "hvp-2x48@256")
    guard case .hessianProduct(let sizes) = item.work else {
      Issue.record("\(item.work)")
      return
    }
    #expect(sizes.depth == 2 && sizes.width == 48 && sizes.activation == .gelu)
    #expect(try BenchmarkItem.named("isd-64@2048").name == "isd-64")
    #expect(try BenchmarkItem.named("tit-tiny").batch == 64)
    #expect(try BenchmarkItem.named("tit-tiny@8").name == "tit-tiny@8")
    #expect(try BenchmarkItem.named("conv-7x48").batch == 64)
    #expect(try BenchmarkItem.named("tit-b4@2").name == "tit-b4@2")
  }

  @Test(
    "a tangent by differences is named behind the size, and has the step of the published trainings"
  )
  func tangents() throws {
    let item = try BenchmarkItem.named("tit-b4-difference@4")
    #expect(item.name == "tit-b4-difference@4" && item.batch == 4)
    #expect(item.work == .transformer(.base4, .difference))
    #expect(try BenchmarkItem.named("unet-tiny").work == .unet(.tiny, .exact))
    #expect(BenchmarkItem.Tangent.exact.method == .exact)
    #expect(BenchmarkItem.Tangent.difference.method == .centralDifference(step: 0.005))
  }

  @Test(
    "what is no item is refused",
    arguments: [
      "", "isd", "isd-", "isd-0", "isd--64", "isd-64x", "isd-0x64", "isd-x", "isd-1x2x3",
      "isd-64@0", "isd-64@", "isd-64@2@3", "isd-64@1048577", "lsd-64", "tit-huge", "isd-90000",
      "unet-huge", "tit-tiny-exact", "tit-tiny-", "tit-tiny-difference-difference",
      "isd-64-difference", "conv-7x8-difference", "tit-difference",
      "conv-14", "conv-0x4", "conv-4x0", "conv-4x4x4",
    ])
  func unknown(name: String) {
    #expect(throws: UnknownBenchmarkError(name: name)) { try BenchmarkItem.named(name) }
  }

  @Test("the refusal names the nearest item")
  func nearest() {
    let text = UnknownBenchmarkError(name: "ids-128").description
    #expect(text.contains("\"ids-128\"") && text.contains("Did you mean isd-128?"))
    #expect(UnknownBenchmarkError(name: "tit-tyni").description.contains("tit-tiny?"))
  }
}
