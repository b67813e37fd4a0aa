// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import toylab

@Suite struct StopRequestTests {
  @Test("a signal is noticed instead of ending the process")
  func noticed() {
    let stop = StopRequest(signals: [SIGUSR1])
    #expect(stop.signal == nil)
    kill(getpid(), SIGUSR1)
    let deadline = ContinuousClock.now + .seconds(10)
    while stop.signal == nil && ContinuousClock.now < deadline { usleep(1000) }
    #expect(stop.signal == SIGUSR1)
  }

  @Test(
    "a terminal that is closed asks to stop, unless the caller has told the process to ignore that")
  func hangUp() {
    let before = signal(SIGHUP, SIG_IGN)
    do {
      let ignoring = StopRequest()
      kill(getpid(), SIGHUP)
      usleep(20_000)
      #expect(ignoring.signal == nil)
    }
    signal(SIGHUP, before)
    let stop = StopRequest(signals: [SIGHUP])
    kill(getpid(), SIGHUP)
    let deadline = ContinuousClock.now + .seconds(10)
    while stop.signal == nil && ContinuousClock.now < deadline { usleep(1000) }
    #expect(stop.signal == SIGHUP)
  }
}
