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

  @Test("a signal that the caller has told the process to ignore stays ignored")
  func ignored() {
    let before = signal(SIGUSR2, SIG_IGN)
    let stop = StopRequest(signals: [SIGUSR2])
    kill(getpid(), SIGUSR2)
    usleep(20_000)
    #expect(stop.signal == nil)
    signal(SIGUSR2, before)
  }
}
