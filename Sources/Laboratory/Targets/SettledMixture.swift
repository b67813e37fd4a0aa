// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
internal import GroundTruth

/// The mixture that a mixture's JSON text stands for, taken again until text and mixture agree bit for bit.
///
/// The weights move by roundings only, and one pass nearly always settles them; the bound keeps a cycle
/// between two roundings from going on for ever.
func settled(_ mixture: GaussianMixture) throws -> GaussianMixture {
  var current = mixture
  for _ in 0..<16 {
    let next = try JSONDecoder().decode(
      GaussianMixture.self, from: try JSONEncoder().encode(current))
    if next == current { break }
    current = next
  }
  return current
}
