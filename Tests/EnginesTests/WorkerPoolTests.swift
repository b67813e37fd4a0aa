// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Foundation
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(
    "every task of thousands of jobs runs exactly once, by a worker of the pool, before the job ends",
    arguments: [1, 2, 3, 8])
  func everyTaskOnce(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let most = 40
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: most)
    let workers = UnsafeMutablePointer<Int>.allocate(capacity: most)
    defer {
      counts.deallocate()
      workers.deallocate()
    }
    // Each task writes its own place without synchronisation: a job that ended early would show.
    let task = PoolTask { task, worker in
      counts[task] += 1
      workers[task] = worker
    }
    var wrong = 0
    var tasks = 1
    for job in 0..<5000 {
      tasks = (tasks * 29 + 11) % most + 1
      counts.initialize(repeating: 0, count: most)
      workers.initialize(repeating: -1, count: most)
      pool.run(task, tasks: tasks)
      for index in 0..<most {
        let isDue = index < tasks
        let isByWorker = (0..<threads).contains(workers[index])
        if counts[index] != (isDue ? 1 : 0) || isByWorker != isDue { wrong += 1 }
      }
      // Long enough for the workers to fall asleep.
      if job % 1000 == 0 { usleep(3000) }
    }
    #expect(wrong == 0)
  }

  @Test("a job that needs two threads at a time gets them, awake or asleep")
  func threadsMeet() {
    let pool = WorkerPool(threads: 2)
    for round in 0..<20 {
      let arrived = Atomic(0)
      // Each task waits for the other one: with a lost wake-up this would never end.
      pool.run(tasks: 2) { _, _ in
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
      }
      #expect(arrived.load(ordering: .sequentiallyConsistent) == 2)
      if round % 4 == 0 { usleep(2000) }
    }
  }

  @Test("a job of no tasks ends, and pools come and go")
  func emptyJobs() {
    for threads in [1, 2, 5] {
      for _ in 0..<50 {
        let pool = WorkerPool(threads: threads)
        pool.run(tasks: 0) { _, _ in Issue.record("a task of an empty job ran") }
      }
    }
  }

  @Test("a pool says how many threads it has, and as many may be asked for as the system starts")
  func counts() {
    #expect(WorkerPool(threads: 3).threads == 3)
    #expect(WorkerPool.obtainable(3) == 3)
  }
}
