// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The shapes in which scikit-learn gives the covariances of `K` components in `d` dimensions.
enum CovarianceType: String, Codable, CaseIterable {
  /// `[K][d][d]`
  case full
  /// `[K][d]`: the variances of each component.
  case diag
  /// `[K]`: one variance a component.
  case spherical
  /// `[d][d]`: one matrix for all.
  case tied

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let type = CovarianceType(rawValue: text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "\"\(text)\" is none of "
          + Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
    }
    self = type
  }

  var shape: String {
    switch self {
    case .full: return "[K][d][d]"
    case .diag: return "[K][d]"
    case .spherical: return "[K]"
    case .tied: return "[d][d]"
    }
  }
}

/// Covariances that cannot be of a mixture's components, or of which it cannot be told how.
struct CovarianceShapeError: Error, CustomStringConvertible {
  let description: String
}

/// Covariances as they stand in a file, by the depth of their nesting.
enum CovarianceList: Decodable {
  case numbers([Double])
  case rows([[Double]])
  case matrices([[[Double]]])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // The first entries tell the depth; whatever does not fit it is then named with its place.
    switch try Self.depth(decoder.unkeyedContainer()) {
    case 1: self = .numbers(try container.decode([Double].self))
    case 2: self = .rows(try container.decode([[Double]].self))
    default: self = .matrices(try container.decode([[[Double]]].self))
    }
  }

  private static func depth(_ list: any UnkeyedDecodingContainer) -> Int {
    var list = list
    guard let inner = try? list.nestedUnkeyedContainer() else { return 1 }
    return 1 + depth(inner)
  }

  /// One full matrix a component.
  ///
  /// - Throws: ``CovarianceShapeError``.
  func matrices(
    count: Int, dimension: Int, type: CovarianceType?
  ) throws(CovarianceShapeError) -> [[[Double]]] {
    guard let type else {
      return try matrices(
        count: count, dimension: dimension, type: inferred(count: count, dimension: dimension))
    }
    switch (self, type) {
    case (.matrices(let matrices), .full):
      return matrices
    case (.rows(let rows), .diag):
      return rows.map(diagonal)
    case (.rows(let matrix), .tied):
      return Array(repeating: matrix, count: count)
    case (.numbers(let variances), .spherical):
      return variances.map { diagonal(Array(repeating: $0, count: dimension)) }
    default:
      throw CovarianceShapeError(
        description: "covariances of the type \"\(type.rawValue)\" have the shape \(type.shape), "
          + "found a list nested \(depth) deep")
    }
  }

  private var depth: Int {
    switch self {
    case .numbers: return 1
    case .rows: return 2
    case .matrices: return 3
    }
  }

  private func inferred(
    count: Int, dimension: Int
  ) throws(CovarianceShapeError) -> CovarianceType {
    switch self {
    case .matrices: return .full
    case .numbers: return .spherical
    case .rows(let rows):
      switch (rows.count == count, rows.count == dimension) {
      case (true, false): return .diag
      case (false, true): return .tied
      case (true, true) where dimension == 1: return .diag
      case (true, true):
        throw CovarianceShapeError(
          description:
            "\(count) rows are the variances of \(count) components or one matrix for all in "
            + "\(dimension) dimensions: add \"covarianceType\": \"diag\" or \"covarianceType\": \"tied\""
        )
      case (false, false):
        throw CovarianceShapeError(
          description:
            "\(rows.count) rows are neither the variances of \(count) components, one row each, "
            + "nor one matrix for all in \(dimension) dimensions")
      }
    }
  }
}

private func diagonal(_ variances: [Double]) -> [[Double]] {
  variances.indices.map { row in
    variances.indices.map { $0 == row ? variances[row] : 0 }
  }
}
