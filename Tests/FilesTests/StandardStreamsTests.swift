// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Files

@Suite struct StandardStreamsTests {
  @Test(
    "Closed descriptors are occupied by a file that swallows what is written; open ones are left")
  func occupied() {
    // Numbers that nothing else in the tests comes to.
    let (closed, open): (Int32, Int32) = (700, 701)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    #expect(dup2(ends[1], open) == open)
    StandardStreams.occupy(closed...open)
    #expect(write(closed, "x", 1) == 1)
    #expect(write(open, "y", 1) == 1)
    var byte: UInt8 = 0
    #expect(read(ends[0], &byte, 1) == 1 && byte == UInt8(ascii: "y"))
    for descriptor in ends + [closed, open] { close(descriptor) }
  }
}
