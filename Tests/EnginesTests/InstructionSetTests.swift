// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Testing

@Suite struct InstructionSetTests {
  @Test(
    "what this machine has begins with the plain set and ends with the best; one of it is chosen")
  func available() {
    let sets = InstructionSet.available
    #expect(sets.first == .plain && sets.last == .best)
    #expect(sets.contains(.chosen))
  }
}
