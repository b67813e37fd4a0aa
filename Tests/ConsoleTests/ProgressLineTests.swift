// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Foundation
import Synchronization
import Testing

@Suite struct ProgressLineTests {
  /// A clock that is set by hand, and all text that was written.
  private final class Recorder: Sendable {
    private let state = Mutex((now: Duration.zero, writes: [String]()))

    var writes: [String] { state.withLock { $0.writes } }

    func set(_ now: Duration) { state.withLock { $0.now = now } }

    func line(
      total: Int? = 100, start: Int = 0, isVisible: Bool = true, width: Int = 80
    ) -> ProgressLine {
      ProgressLine(
        label: "train", total: total, start: start, isVisible: isVisible, width: width,
        elapsed: { self.state.withLock { $0.now } },
        sink: { text in self.state.withLock { $0.writes.append(text) } })
    }
  }

  @Test("The line tells step, rate, remaining time and a metric")
  func contents() {
    let recorder = Recorder()
    let line = recorder.line()
    recorder.set(.seconds(2))
    line.update(step: 25, metric: "loss 0.5")
    #expect(recorder.writes == ["\rtrain  25/100  12.5/s  0:06 left  loss 0.5"])
  }

  @Test("Without a total there is no remaining time")
  func unknownTotal() {
    let recorder = Recorder()
    let line = recorder.line(total: nil)
    recorder.set(.seconds(4))
    line.update(step: 1000)
    #expect(recorder.writes == ["\rtrain  1000  250/s"])
  }

  @Test("The rate of a resumed run counts only its own steps")
  func resumedRun() {
    let recorder = Recorder()
    let line = recorder.line(total: 10_000, start: 9000)
    line.update(step: 9000)
    recorder.set(.seconds(100))
    line.update(step: 9100)
    #expect(
      recorder.writes == ["\rtrain  9000/10000", "\rtrain  9100/10000  1.00/s  15:00 left"])
  }

  @Test("Long times are given in hours")
  func longTimes() {
    let recorder = Recorder()
    let line = recorder.line(total: 3_700_000)
    recorder.set(.seconds(100))
    line.update(step: 100)
    recorder.set(.seconds(101))
    line.update(step: 3_692_215, metric: "x")
    #expect(recorder.writes[0].hasSuffix("over 99:59:59 left"))
    let slow = Recorder()
    let slowLine = slow.line(total: 3601 + 1 + 3600)
    slow.set(.seconds(1))
    slowLine.update(step: 1)
    #expect(slow.writes == ["\rtrain  1/7202  1.00/s  2:00:01 left"])
  }

  @Test("The line is drawn ten times a second at most, and metrics only when it is drawn")
  func throttling() {
    let recorder = Recorder()
    let line = recorder.line(total: 5000)
    var made = 0
    func metric() -> String {
      made += 1
      return ""
    }
    for step in 1...1000 {
      recorder.set(.milliseconds(step))
      line.update(step: step, metric: metric())
    }
    #expect(recorder.writes.count == 10)
    #expect(made == 10)
  }

  @Test("A shorter line blanks what the longer one left")
  func blanking() {
    let recorder = Recorder()
    let line = recorder.line(total: nil)
    line.update(step: 0, metric: "long text")
    recorder.set(.seconds(1))
    line.update(step: 0)
    #expect(recorder.writes == ["\rtrain  0  long text", "\rtrain  0           "])
  }

  @Test("A line is never wider than the terminal")
  func width() {
    let recorder = Recorder()
    let line = recorder.line(width: 12)
    line.update(step: 7, metric: "very long text")
    #expect(recorder.writes == ["\rtrain  7/10"])
  }

  @Test("A cleared line disappears and stays away")
  func clearing() {
    let recorder = Recorder()
    let line = recorder.line(total: nil)
    line.update(step: 1)
    line.finish()
    line.finish(.keep)
    recorder.set(.seconds(9))
    line.update(step: 2)
    #expect(recorder.writes == ["\rtrain  1", "\r        \r"])
  }

  @Test("A kept line ends with its last step")
  func keeping() {
    let recorder = Recorder()
    let line = recorder.line(total: nil)
    line.update(step: 1)
    line.update(step: 2)
    line.finish(.keep)
    #expect(recorder.writes == ["\rtrain  1", "\rtrain  2", "\n"])
  }

  @Test("What is not visible writes nothing and asks for no metric")
  func quietness() {
    let recorder = Recorder()
    let line = recorder.line(isVisible: false)
    var made = 0
    func metric() -> String {
      made += 1
      return ""
    }
    for step in 0...100 {
      recorder.set(.seconds(step))
      line.update(step: step, metric: metric())
    }
    line.finish(.keep)
    #expect(recorder.writes.isEmpty)
    #expect(made == 0)
  }

  @Test("A line that was never drawn ends without a trace")
  func finishingUndrawn() {
    let recorder = Recorder()
    recorder.line().finish(.keep)
    #expect(recorder.writes.isEmpty)
  }

  @Test("Updates from many threads do not tear the line")
  func concurrency() {
    let recorder = Recorder()
    let line = recorder.line(total: nil)
    DispatchQueue.concurrentPerform(iterations: 200) { step in
      recorder.set(.seconds(step))
      line.update(step: 1, metric: "metric")
    }
    line.finish()
    #expect(recorder.writes.count >= 2)
    #expect(recorder.writes.dropLast().allSatisfy { $0.hasPrefix("\rtrain  1") })
  }
}
