// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Synchronization

/// One line on the terminal that tells how far a long piece of work has come:
/// `train  1200/4000  812/s  0:03 left  loss 0.0213`.
///
/// The line is redrawn in place, at most once per interval, and may be updated from any thread. If
/// it is not visible, because standard error is no terminal, nothing is ever written.
public final class ProgressLine: Sendable {
  /// How the line ends.
  public enum Ending: Sendable, Hashable {
    /// The line disappears.
    case clear
    /// The line stays, with its last contents.
    case keep
  }

  private struct State {
    var step: Int
    var metric = ""
    var lastDrawn: Duration?
    var drawnWidth = 0
    var isFinished = false
  }

  private let label: String
  private let start: Int
  private let total: Int?
  private let isVisible: Bool
  private let width: Int
  private let interval: Duration
  private let elapsed: @Sendable () -> Duration
  private let sink: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// A line for work of a number of steps.
  ///
  /// - Parameters:
  ///   - label: Stands first on the line.
  ///   - total: The number of the last step, if it is known.
  ///   - start: The number of steps made earlier, as by a run that is resumed.
  ///   - isVisible: Whether anything is written.
  ///   - width: The number of columns of the terminal; longer lines are cut.
  ///   - interval: The least time between two drawings.
  ///   - elapsed: The time since the work began.
  ///   - sink: Receives the text to write.
  public init(
    label: String, total: Int?, start: Int = 0,
    isVisible: Bool = StandardError.isTerminal, width: Int = StandardError.width,
    interval: Duration = .milliseconds(100),
    elapsed: @escaping @Sendable () -> Duration = ProgressLine.stopwatch(),
    sink: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
  ) {
    self.label = label
    self.start = start
    self.total = total
    self.isVisible = isVisible
    self.width = width
    self.interval = interval
    self.elapsed = elapsed
    self.sink = sink
    self.state = Mutex(State(step: start))
  }

  /// The time since this call, by a clock that is never set back.
  public static func stopwatch() -> @Sendable () -> Duration {
    let start = ContinuousClock.now
    return { start.duration(to: .now) }
  }

  /// Tells that `step` steps are done.
  ///
  /// - Parameter metric: A few words on the state of the work; made only if the line is drawn.
  public func update(step: Int, metric: @autoclosure () -> String = "") {
    guard isVisible else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      state.step = step
      let now = elapsed()
      if let last = state.lastDrawn, now - last < interval { return }
      state.metric = metric()
      draw(&state, at: now)
    }
  }

  /// Ends the line; later updates are ignored, and ending it again does nothing.
  public func finish(_ ending: Ending = .clear) {
    guard isVisible else { return }
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      guard state.lastDrawn != nil else { return }
      switch ending {
      case .clear:
        sink("\r" + String(repeating: " ", count: state.drawnWidth) + "\r")
      case .keep:
        draw(&state, at: elapsed())
        sink("\n")
      }
    }
  }

  private func draw(_ state: inout State, at now: Duration) {
    // The last column stays free: some terminals begin a new line after writing there.
    let text = String(line(state, at: now).prefix(max(0, width - 1)))
    let blanks = String(repeating: " ", count: max(0, state.drawnWidth - text.count))
    sink("\r" + text + blanks)
    state.drawnWidth = text.count
    state.lastDrawn = now
  }

  private func line(_ state: State, at now: Duration) -> String {
    var parts = [label, total.map { "\(state.step)/\($0)" } ?? "\(state.step)"]
    let seconds = now / .seconds(1)
    let done = state.step - start
    if done > 0 && seconds > 0 {
      let rate = Double(done) / seconds
      parts.append("\(ProgressLine.rateText(rate))/s")
      if let total, total >= state.step {
        parts.append("\(ProgressLine.timeText(Double(total - state.step) / rate)) left")
      }
    }
    if !state.metric.isEmpty { parts.append(state.metric) }
    return parts.joined(separator: "  ")
  }

  /// Three significant digits, or all digits before the decimal point.
  private static func rateText(_ rate: Double) -> String {
    String(format: rate >= 100 ? "%.0f" : rate >= 10 ? "%.1f" : "%.2f", rate)
  }

  /// Minutes and seconds, or hours, minutes and seconds.
  private static func timeText(_ seconds: Double) -> String {
    guard seconds < 360_000 else { return "over 99:59:59" }
    let whole = Int(seconds.rounded(.up))
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }
}
