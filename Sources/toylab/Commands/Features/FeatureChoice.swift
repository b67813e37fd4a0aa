// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Networks

/// What images are measured in, as it is said on the command line.
enum FeatureChoice: Equatable, ExpressibleByArgument {
  /// The classifier of Fashion-MNIST that comes with toylab for images of the size.
  case classifier
  /// Principal components of the reference's pixels.
  case pixels
  /// The files hold features.
  case given
  /// A classifier from a file.
  case file(String)

  init?(argument: String) {
    switch argument {
    case "classifier": self = .classifier
    case "pixels": self = .pixels
    case "given": self = .given
    default: self = .file(argument)
    }
  }
}
