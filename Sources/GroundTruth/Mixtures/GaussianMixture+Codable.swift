// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `{"name": …, "weights": [K], "means": [K][d], "covariances": [K][d][d], "labels": [K]}`. The name may
/// also stand under "mixture", and like the labels it may be missing.
extension GaussianMixture: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case mixture
    case weights
    case means
    case covariances
    case labels
  }

  /// - Throws: `DecodingError`, or ``MixtureError`` where the numbers are no mixture.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name =
      try container.decodeIfPresent(String.self, forKey: .name)
      ?? container.decodeIfPresent(String.self, forKey: .mixture)
    try self.init(
      name: name ?? "mixture", weights: container.decode([Double].self, forKey: .weights),
      means: container.decode([[Double]].self, forKey: .means),
      covariances: container.decode([[[Double]]].self, forKey: .covariances),
      labels: container.decodeIfPresent([Int].self, forKey: .labels))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(components.map(\.weight), forKey: .weights)
    try container.encode(components.map(\.mean), forKey: .means)
    try container.encode(components.map(\.covariance), forKey: .covariances)
    try container.encode(components.map(\.label), forKey: .labels)
  }

  /// Reads a JSON file.
  public init(contentsOfFile file: String) throws(MixtureFileError) {
    self = try decodeFile(GaussianMixture.self, file)
  }
}
