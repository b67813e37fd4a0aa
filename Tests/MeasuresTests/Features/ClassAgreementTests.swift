// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Measures
import Testing

@Suite struct ClassAgreementTests {
  @Test("Accuracy, recall by class and how often each class is given")
  func counts() {
    let agreement = ClassAgreement(
      predicted: [0, 0, 1, 1, 1, 0], wanted: [0, 0, 0, 1, 1, 1], classCount: 3)
    #expect(agreement.accuracy.value == 4.0 / 6)
    #expect(agreement.accuracy.count == 6)
    #expect(agreement.recalls.map { $0?.value } == [2.0 / 3, 2.0 / 3, nil])
    #expect(agreement.given == [3, 3, 0])
  }
}
