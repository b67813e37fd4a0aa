// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Testing

@testable import Runs

@Suite struct SweepParallelismTests {
  @Test("threads are never shared out twice, and every run has one", arguments: 1...17)
  func bounds(total: Int) {
    for count in [1, 2, 3, 16, 100] {
      for runs in [nil, 1, 2, 5, 1024] {
        for threads in [nil, 1, 3, 1024] {
          let share = SweepParallelism(runs: runs, threads: threads, within: total, count: count)
          #expect(share.runs * share.threads <= total)
          #expect(share.runs >= 1 && share.threads >= 1 && share.runs <= count)
          #expect(share.runs <= runs ?? .max && share.threads <= threads ?? .max)
        }
      }
    }
  }

  @Test("a run gets more than a thread where there are fewer runs, or where it is asked for")
  func shares() {
    func share(_ runs: Int?, _ threads: Int?, count: Int) -> [Int] {
      let share = SweepParallelism(runs: runs, threads: threads, within: 8, count: count)
      return [share.runs, share.threads]
    }
    #expect(share(nil, nil, count: 100) == [8, 1])
    #expect(share(nil, nil, count: 2) == [2, 4])
    #expect(share(nil, 2, count: 100) == [4, 2])
    #expect(share(3, nil, count: 100) == [3, 2])
    #expect(share(5, 3, count: 100) == [2, 3])
    #expect(share(nil, 16, count: 100) == [1, 8])
  }
}
