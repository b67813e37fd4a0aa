// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct PNGImageTests {
  // Written byte by byte with Python's zlib.
  private static let grey =
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR42mNgqP/PwMjEDAAIBwGFCElHygAAAABJRU5ErkJggg=="
  private static let color =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR42mNgZGJmYWUDAAA/ABaYwWgTAAAAAElFTkSuQmCC"
  private static let sixteenBits =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABEAAAAACB2fwVAAAADUlEQVR42mNgZGJmAQAAGQALOARUtAAAAABJRU5ErkJggg=="
  private static let palette =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAMAAADD/I+4AAAABlBMVEUBAgMEBQaVU29IAAAAC0lEQVR42mNgYAQAAAQAAizeSK0AAAAASUVORK5CYII="
  private static let transparent =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgZGJmAQAAGQALOARUtAAAAABJRU5ErkJggg=="
  private static let bits =
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAABAQAAAADLe9LuAAAACklEQVR42mPYBAAAtACziZDNLwAAAABJRU5ErkJggg=="

  private func image(_ text: String) throws -> PNGImage {
    try PNGImage(data: try #require(Data(base64Encoded: text)), path: "a.png")
  }

  @Test("images of other programs are read: grey, in colour, and of one bit")
  func read() throws {
    #expect(
      try image(Self.grey)
        == PNGImage(kind: .grey, width: 3, height: 2, pixels: [0, 127, 255, 1, 2, 3]))
    #expect(
      try image(Self.color)
        == PNGImage(kind: .color, width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6]))
    #expect(try image(Self.bits).pixels == [255, 0, 255, 255, 0, 0, 255, 0])
  }

  @Test("what is written is read back, and equal images give equal bytes")
  func roundTrip() throws {
    var state: UInt32 = 1
    let pixels = (0..<3 * 31 * 17).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    for kind in [PNGImage.Kind.grey, .color] {
      let written = PNGImage(
        kind: kind, width: 31, height: 17, pixels: Array(pixels[..<(31 * 17 * kind.channels)]))
      #expect(written.encoded() == written.encoded())
      try withTemporaryFolder { folder in
        try written.write(to: "\(folder)/a.png")
        #expect(try PNGImage(contentsOf: "\(folder)/a.png") == written)
        #expect(contents(of: folder).count == 1)
      }
    }
  }

  @Test("other kinds of PNG files, and other files, are refused by name")
  func refused() throws {
    func problem(_ text: String) -> PNGError.Problem? {
      #expect(throws: PNGError.self) { try image(text) }?.problem
    }
    #expect(problem(Self.sixteenBits) == .sixteenBits)
    #expect(problem(Self.palette) == .palette)
    #expect(problem(Self.transparent) == .transparency)
    #expect(problem("Y2xvdGhlcw==") == .notPNG)
    #expect(problem("") == .notPNG)
    let whole = try #require(Data(base64Encoded: Self.grey))
    for length in [20, 40, 60] {
      let error = #expect(throws: PNGError.self) {
        try PNGImage(data: whole.prefix(length), path: "a.png")
      }
      guard case .damaged = try #require(error).problem else {
        Issue.record("length \(length): \(error as Any)")
        continue
      }
    }
  }
}
