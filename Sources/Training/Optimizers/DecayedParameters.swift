// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Networks

/// Which parameters the weight decay of an optimiser shrinks.
public enum DecayedParameters: String, CaseIterable, Sendable, Codable {
  /// Every one.
  case all
  /// Matrices alone: biases, embeddings and the scales of normalisations are spared, as is the practice with
  /// transformers.
  case matrices

  public func includes(_ role: ParameterRole) -> Bool {
    switch self {
    case .all: true
    case .matrices: role == .matrix
    }
  }
}

/// A stretch of a parameter vector that is decayed, or spared, as a whole.
struct DecayStretch: Sendable, Equatable {
  let range: Range<Int>
  let isDecayed: Bool
}

extension ParameterLayout {
  /// The vector in stretches, in order, that are as long as can be.
  func stretches(_ decays: DecayedParameters) -> [DecayStretch] {
    var stretches: [DecayStretch] = []
    for entry in entries {
      let isDecayed = decays.includes(entry.role)
      if let last = stretches.last, last.isDecayed == isDecayed {
        stretches[stretches.count - 1] = DecayStretch(
          range: last.range.lowerBound..<entry.range.upperBound, isDecayed: isDecayed)
      } else {
        stretches.append(DecayStretch(range: entry.range, isDecayed: isDecayed))
      }
    }
    return stretches
  }
}
