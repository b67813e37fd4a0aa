// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Times repeated steps of a benchmark item.
final class BenchmarkTimer {
  private let work: any BenchmarkWork
  private let clock = ContinuousClock()
  /// Steps of a sample.
  let stepsPerSample: Int

  /// Warms up, and chooses the steps that fill a sample.
  ///
  /// - Parameter sampleDuration: the least duration of a sample.
  init(_ work: any BenchmarkWork, sampleDuration: Duration = .milliseconds(100)) throws {
    self.work = work
    try work.step()
    let start = clock.now
    var steps = 0
    repeat {
      try work.step()
      steps += 1
    } while clock.now - start < sampleDuration
    stepsPerSample = steps
  }

  /// Milliseconds a step, averaged over one sample.
  func sample() throws -> Double {
    let start = clock.now
    for _ in 0..<stepsPerSample { try work.step() }
    return (clock.now - start) / .milliseconds(1) / Double(stepsPerSample)
  }
}
