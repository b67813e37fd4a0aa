// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Networks
import Testing
import Training

@Suite struct SupervisedTrainingTests {
  @Test("Settings that cannot be used are named")
  func refusals() throws {
    let good = ClassifierTraining(imageSize: 28, channels: 1, classCount: 10, steps: 5, seed: 0)
      .training
    try good.validate()
    func refused(_ change: (inout SupervisedTraining) -> Void) -> String? {
      var training = good
      change(&training)
      do { try training.validate() } catch { return error.setting }
      return nil
    }
    #expect(refused { $0.batch = 0 } == "batch")
    #expect(refused { $0.steps = 0 } == "steps")
    #expect(refused { $0.averageDecay = 1 } == "decay of the average")
    #expect(refused { $0.schedule.peak = -1 } == "peak learning rate")
  }

  @Test("Large images are read in squares of two by two pixels")
  func patches() {
    func network(_ size: Int) -> Int {
      ClassifierTraining(imageSize: size, channels: 1, classCount: 10, steps: 5, seed: 0)
        .network.patchSize
    }
    #expect(network(28) == 2)
    #expect(network(14) == 1)
  }
}
