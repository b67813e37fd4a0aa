// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import Testing

@Suite struct NumpyArrayErrorTests {
  private func message(_ data: Data) -> String? {
    do {
      _ = try NumpyArray(data: data, path: "points.npy")
      return nil
    } catch {
      return error.description
    }
  }

  private static let accepted =
    "accepted are real numbers and booleans (b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8)"

  @Test("a message names the file, what it holds and what is accepted")
  func messages() throws {
    #expect(
      message(try NumpyFixture.data("objects"))
        == "points.npy: the elements are pickled Python objects, which could run any code; "
        + "\(Self.accepted).")
    #expect(
      message(try NumpyFixture.data("complex"))
        == "points.npy: the elements are of the type \"<c16\", complex numbers; \(Self.accepted).")
    #expect(
      message(try NumpyFixture.data("archive", "npz"))
        == "points.npy: this is a zip archive, where one array (.npy) is expected; save each array "
        + "of an .npz by itself, with numpy.save.")
    #expect(
      message(Data("x,y\n".utf8))
        == "points.npy: this is plain text, where a NumPy array (.npy, as numpy.save writes it) is "
        + "expected.")
    #expect(
      message(try NumpyFixture.data("integers-beyond"))
        == "points.npy: the element [1, 1] is 9007199254740993; integers are accepted up to 2^53, "
        + "beyond which a double does not hold each.")
  }
}
