// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `{"name": …, "weights": [K], "means": [K][d], "covariances": …, "labels": [K]}`. The name may
/// also stand under "mixture", and like the labels it may be missing.
///
/// Covariances are in the shapes of scikit-learn, told apart by how they are nested or by "covarianceType":
/// "full" `[K][d][d]`, "diag" `[K][d]`, variances, "spherical" `[K]`, one variance a component, or "tied"
/// `[d][d]`, one matrix for all. Its names "weights_", "means_", "covariances_" and "covariance_type" serve as well.
extension GaussianMixture: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case mixture
    case weights
    case means
    case covariances
    case covarianceType
    case labels
    case weightsOfExport = "weights_"
    case meansOfExport = "means_"
    case covariancesOfExport = "covariances_"
    case covarianceTypeOfExport = "covariance_type"
  }

  /// - Throws: `DecodingError`, or ``MixtureError`` where the numbers are no mixture.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func present(_ key: CodingKeys, or export: CodingKeys) throws -> CodingKeys {
      guard container.contains(export) else { return key }
      if container.contains(key) {
        throw DecodingError.dataCorruptedError(
          forKey: export, in: container,
          debugDescription: "the same stands under \"\(key.rawValue)\"; keep one of the two")
      }
      return export
    }
    let name =
      try container.decodeIfPresent(String.self, forKey: .name)
      ?? container.decodeIfPresent(String.self, forKey: .mixture)
    let weights = try container.decode(
      [Double].self, forKey: present(.weights, or: .weightsOfExport))
    let means = try container.decode(
      [[Double]].self, forKey: present(.means, or: .meansOfExport))
    let typeKey = try present(.covarianceType, or: .covarianceTypeOfExport)
    let type = try container.decodeIfPresent(CovarianceType.self, forKey: typeKey)
    let covariancesKey = try present(.covariances, or: .covariancesOfExport)
    let list = try container.decode(CovarianceList.self, forKey: covariancesKey)
    do {
      try self.init(
        name: name ?? "mixture", weights: weights, means: means,
        covariances: list.matrices(
          count: means.count, dimension: means.first?.count ?? 0, type: type),
        labels: Self.labels(in: container))
    } catch let error as CovarianceShapeError {
      throw DecodingError.dataCorruptedError(
        forKey: covariancesKey, in: container, debugDescription: error.description)
    }
    // It could not be written and read again.
    if let index = components.firstIndex(where: { $0.weight == 0 }) {
      throw MixtureError.negligibleWeight(component: index, value: weights[index])
    }
  }

  /// Read as numbers, so that one with a fraction is named with its place.
  private static func labels(
    in container: KeyedDecodingContainer<CodingKeys>
  ) throws -> [Int]? {
    guard container.contains(.labels), try !container.decodeNil(forKey: .labels) else { return nil }
    var list = try container.nestedUnkeyedContainer(forKey: .labels)
    var labels: [Int] = []
    while !list.isAtEnd {
      let value = try list.decode(Double.self)
      guard let label = Int(exactly: value) else {
        throw DecodingError.dataCorruptedError(
          in: list,
          debugDescription: "label \(labels.count) is \(value); accepted are whole numbers")
      }
      labels.append(label)
    }
    return labels
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(components.map(\.weight), forKey: .weights)
    try container.encode(components.map(\.mean), forKey: .means)
    if case .fine = form {
      try container.encode(CovarianceType.tied, forKey: .covarianceType)
      try container.encode(components[0].covariance, forKey: .covariances)
    } else {
      try container.encode(components.map(\.covariance), forKey: .covariances)
    }
    try container.encode(components.map(\.label), forKey: .labels)
  }

  /// Reads a JSON file.
  public init(contentsOfFile file: String) throws(MixtureFileError) {
    self = try decodeFile(GaussianMixture.self, file)
  }
}
