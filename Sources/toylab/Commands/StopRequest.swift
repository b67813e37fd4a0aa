// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Dispatch
import Foundation
import Synchronization

/// Listens for the signals that ask a program to stop, as long as it lives. A second signal ends the
/// program at once.
final class StopRequest {
  private final class Received: Sendable {
    let signal = Atomic<Int32>(0)
  }

  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  /// Returns once it listens: a signal that comes later does not end the process. What the caller has told the process
  /// to ignore, as `nohup` does with a hang-up, stays ignored, except for an interruption and a termination.
  ///
  /// - Parameter notice: what is said on standard error at once, since a step may last.
  init(signals: [Int32] = [SIGINT, SIGTERM, SIGHUP], notice: String = "") {
    let listening = DispatchSemaphore(value: 0)
    let queue = DispatchQueue(label: "toylab stop requests")
    let signals = signals.filter { [SIGINT, SIGTERM].contains($0) || !isIgnored($0) }
    for number in signals {
      #if canImport(Darwin)
        // There the event arrives beside the default action, which would end the process.
        Foundation.signal(number, SIG_IGN)
      #endif
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [received] in
        received.signal.store(number, ordering: .relaxed)
        StandardError.write(notice)
        source.cancel()
      }
      source.setCancelHandler { Foundation.signal(number, SIG_DFL) }
      source.setRegistrationHandler { listening.signal() }
      source.resume()
      sources.append(source)
    }
    for _ in signals { listening.wait() }
  }

  deinit {
    for source in sources where !source.isCancelled { source.cancel() }
  }

  /// Tells from any thread whether a signal asked to stop.
  var isReceived: @Sendable () -> Bool {
    { [received] in received.signal.load(ordering: .relaxed) != 0 }
  }

  /// The signal that asked to stop, or nil.
  var signal: Int32? {
    let number = received.signal.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}

private func isIgnored(_ signal: Int32) -> Bool {
  var action = sigaction()
  guard sigaction(signal, nil, &action) == 0 else { return false }
  #if canImport(Darwin)
    let handler = action.__sigaction_u.__sa_handler
  #else
    let handler = action.__sigaction_handler.sa_handler
  #endif
  return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
