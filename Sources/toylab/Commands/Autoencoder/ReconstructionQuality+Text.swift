// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Measures
import Probing

extension ReconstructionQuality {
  /// The numbers in words.
  var text: String {
    let root = squaredError.squareRoot()
    let peak = 10 * log10(4 / squaredError.value)
    return "\(squaredError.count) images held out: error of a pixel \(root) of a range of 2 "
      + "(\(String(format: "%.1f", peak)) dB), divergence \(divergence) nats"
      + (agreement.map {
        "\nThe classifier sees the class of the image in \($0) of the reconstructions"
      }
        ?? "")
  }
}
