// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// Files of values computed by other programs.
enum ReferenceFixture: String, CaseIterable {
  case objectives
  case gaussian = "gaussian_degenerate"
  case mixture

  var path: String {
    get throws {
      guard
        let path = Bundle.module.path(
          forResource: rawValue, ofType: "json", inDirectory: "Fixtures")
      else { throw CocoaError(.fileNoSuchFile) }
      return path
    }
  }

  var text: String {
    get throws { try String(contentsOfFile: path, encoding: .utf8) }
  }
}
