// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct FingerprintTests {
  @Test(
    "Texts have the published values of FNV-1a",
    arguments: [
      ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
    ])
  func published(text: String, value: String) {
    #expect(Fingerprint(Data(text.utf8)).text == value)
  }

  @Test("Every flipped bit gives another value")
  func flips() {
    let data = Data((0..<64).map { UInt8(truncatingIfNeeded: $0 &* 37) })
    var seen: Set<Fingerprint> = [Fingerprint(data)]
    for bit in 0..<8 * data.count {
      var flipped = data
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(seen.insert(Fingerprint(flipped)).inserted)
    }
  }

  @Test("Numbers count with their bits, little end first")
  func numbers() {
    var numbers = Fingerprint()
    numbers.add([1.5, -0.0])
    let bytes = [1.5, -0.0].flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    #expect(numbers == Fingerprint(Data(bytes)))
    #expect(numbers.text.count == Fingerprint.textLength)
  }
}
