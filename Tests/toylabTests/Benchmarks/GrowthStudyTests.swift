// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import toylab

@Suite struct GrowthStudyTests {
  private func study() throws -> GrowthStudy {
    let points = try ["32", "64"].map { ($0, try BenchmarkItem.named("isd-8@\($0)")) }
    return GrowthStudy(
      series: [.init(title: "Batch", variable: "batch", points: points)], threads: [1, 2],
      repetitions: 1)
  }

  /// A study whose measuring program is a shell script.
  private func markdown(_ script: String) throws -> String {
    try withTemporaryFolder { folder in
      let path = "\(folder)/toylab"
      // Written by another process: a descriptor of ours, inherited by what a test beside this one starts, would make
      // the file too busy to be run.
      let writer = try Process.run(
        URL(fileURLWithPath: "/bin/sh"),
        arguments: [
          "-c", #"printf '%s' "$1" > "$0" && chmod 755 "$0""#, path, "#!/bin/sh\n\(script)\n",
        ])
      writer.waitUntilExit()
      return try study().markdown(executable: path)
    }
  }

  @Test("each point is asked of a process of its own")
  func table() throws {
    let script = """
      [ "$1 $2 $4 $6 $7 $8" = "bench --items --threads --repetitions 1 --json" ] || exit 3
      echo '{"peakMemoryBytes": '"$5"'048576, "items": [{"medianMs": 0.'"$5"'}]}'
      """
    #expect(
      try markdown(script) == """
        ### Batch

        | batch | ms, 1 thread | µs a row | peak MiB | ms, 2 threads | µs a row | peak MiB |
        | :-- | --: | --: | --: | --: | --: | --: |
        | 32 | 0.10 | 3.12 | 1 | 0.20 | 6.25 | 2 |
        | 64 | 0.10 | 1.56 | 1 | 0.20 | 3.12 | 2 |

        """)
  }

  @Test("a process that fails is an error that names the item")
  func failure() {
    #expect(throws: GrowthError(item: "isd-8@32", problem: "it ended with status 3")) {
      try markdown("exit 3")
    }
    #expect(throws: GrowthError(item: "isd-8@32", problem: "its output is no report of one item")) {
      try markdown("echo '{}'")
    }
  }

  @Test("the standard study covers batches, widths, depths and tangents")
  func standard() {
    let series = GrowthStudy.standard
    #expect(series.map(\.variable) == ["batch", "batch", "width", "depth", "item"])
    #expect(series[0].points.map(\.value) == ["256", "1024", "4096", "16384", "65536"])
    #expect(series[3].points.map(\.item.name).first == "isd-2x64")
    #expect(
      series[4].points.map(\.value) == [
        "tit-tiny", "unet-tiny", "tit-tiny-difference", "unet-tiny-difference",
      ])
    #expect(GrowthStudy(threads: [1, 2], repetitions: 1).pointCount == 46)
  }
}
