// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

/// The density of `f(z)` for standard normal `z` in the plane: `p(x) = Σ φ(z) / |det ∇f(z)|` over the roots `z` of
/// `f(z) = x`, several where the map folds.
///
/// A grid of the square `[-R, R]²` is mapped; each triangle of it whose image holds a point, or nearly does, starts a
/// Newton iteration. The signs of the determinants at the roots found must add up to the number of times that the image
/// of the square's boundary winds about the point (the degree of the map), so that a root that is missed by itself
/// is noticed; two of opposite signs that lie within one cell are not.
public struct MapDensity {
  /// Half the side of the square, `R`: the noise leaves it with a probability of 4·10⁻⁹.
  public static let radius = 6.0

  /// How many cells the side may have.
  public static let validDivisions = 8...1024

  /// What is known of a point.
  public enum Answer: Sendable, Hashable {
    /// `log p(x)` and how many roots it comes from.
    case density(log: Double, roots: Int)
    /// No noise of the square is mapped here.
    case noRoot
    /// The signs of the roots found do not add up to the degree.
    case missingRoots(found: Int, signs: Int, degree: Int)
  }

  /// The probability of the noise at which the map folds: where the determinant has the sign of the smaller share.
  public let foldedShare: Double

  private let solver: MapRoots
  private let divisions: Int
  /// The images of the nodes, row by row.
  private let images: [SIMD2<Double>]

  /// - Throws: ``MapDensityError``, or what the map throws.
  public init(of map: PlaneMap, divisions: Int = 192) throws {
    precondition(Self.validDivisions.contains(divisions), "\(divisions) divisions")
    self.divisions = divisions
    solver = MapRoots(map)
    let nodes = (0...divisions).map {
      -Self.radius + 2 * Self.radius * Double($0) / Double(divisions)
    }
    let points = nodes.flatMap { y in nodes.map { [$0, y] } }
    let values = try map.values(points.flatMap { $0 })
    guard values.values.allSatisfy(\.isFinite), values.jacobians.allSatisfy(\.isFinite) else {
      throw MapDensityError.notFinite
    }
    images = points.indices.map { SIMD2(values.values[2 * $0], values.values[2 * $0 + 1]) }
    // The trapezoidal rule, which converges fast for the normal density.
    var (positive, negative) = (0.0, 0.0)
    for (index, point) in points.enumerated() {
      let j = values.jacobians[4 * index..<4 * index + 4]
      let mass = exp(-0.5 * (point[0] * point[0] + point[1] * point[1]))
      let first = j.startIndex
      if j[first] * j[first + 3] < j[first + 1] * j[first + 2] {
        negative += mass
      } else {
        positive += mass
      }
    }
    foldedShare = min(positive, negative) / (positive + negative)
  }

  /// What is known at points, `N × 2` row-major and finite.
  public func answers(at points: [Double]) throws -> [Answer] {
    let targets = stride(from: 0, to: points.count, by: 2).map {
      SIMD2(points[$0], points[$0 + 1])
    }
    let starts = starts(of: targets)
    let cell = 2 * Self.radius / Double(divisions)
    let pairs = starts.map { (target: targets[$0.place], start: $0.start) }
    let roots = try solver.roots(of: pairs, largestStep: 4 * cell)
    var found = [[MapRoots.Root]](repeating: [], count: targets.count)
    for (start, root) in zip(starts, roots) {
      guard let root, abs(root.z.x) <= Self.radius, abs(root.z.y) <= Self.radius else { continue }
      if !found[start.place].contains(where: { length($0.z - root.z) < 1e-6 }) {
        found[start.place].append(root)
      }
    }
    return zip(targets, found).map { answer(at: $0, $1) }
  }

  private func answer(at target: SIMD2<Double>, _ roots: [MapRoots.Root]) -> Answer {
    let signs = roots.reduce(0) { $0 + ($1.determinant > 0 ? 1 : -1) }
    let degree = degree(at: target)
    guard signs == degree else {
      return .missingRoots(found: roots.count, signs: signs, degree: degree)
    }
    if roots.isEmpty { return .noRoot }
    let terms = roots.map { root in
      -0.5 * (root.z * root.z).sum() - log(2 * Double.pi) - log(abs(root.determinant))
    }
    let largest = terms.max() ?? 0
    return .density(
      log: largest + log(terms.reduce(0) { $0 + exp($1 - largest) }), roots: roots.count)
  }

  // MARK: The grid

  private func node(_ column: Int, _ row: Int) -> SIMD2<Double> {
    let cell = 2 * Self.radius / Double(divisions)
    return SIMD2(-Self.radius + cell * Double(column), -Self.radius + cell * Double(row))
  }

  private func image(_ column: Int, _ row: Int) -> SIMD2<Double> {
    images[row * (divisions + 1) + column]
  }

  /// How often the image of the square's boundary winds about a point.
  private func degree(at target: SIMD2<Double>) -> Int {
    let n = divisions
    let boundary =
      (0..<n).map { image($0, 0) } + (0..<n).map { image(n, $0) }
      + (0..<n).map { image(n - $0, n) } + (0..<n).map { image(0, n - $0) }
    var winding = 0
    // Crossings of the ray to the right, upwards less downwards.
    for (index, from) in boundary.enumerated() {
      let to = boundary[(index + 1) % boundary.count]
      let (a, b) = (from - target, to - target)
      let turn = a.x * b.y - a.y * b.x
      if a.y <= 0 && b.y > 0 && turn > 0 { winding += 1 }
      if a.y > 0 && b.y <= 0 && turn < 0 { winding -= 1 }
    }
    return winding
  }

  /// Points of triangles whose images hold a target or nearly do, by the place of the target.
  private func starts(
    of targets: [SIMD2<Double>]
  ) -> [(place: Int, start: SIMD2<Double>)] {
    let order = targets.indices.sorted { targets[$0].x < targets[$1].x }
    let sorted = order.map { targets[$0].x }
    var starts: [(place: Int, start: SIMD2<Double>)] = []
    for row in 0..<divisions {
      for column in 0..<divisions {
        for corners in [
          [(column, row), (column + 1, row), (column + 1, row + 1)],
          [(column, row), (column + 1, row + 1), (column, row + 1)],
        ] {
          let triangle = corners.map { image($0.0, $0.1) }
          let lower = pointwiseMin(pointwiseMin(triangle[0], triangle[1]), triangle[2])
          let upper = pointwiseMax(pointwiseMax(triangle[0], triangle[1]), triangle[2])
          // The image of a cell is curved and may reach beyond its corners.
          let margin = 0.25 * max(upper.x - lower.x, upper.y - lower.y)
          let center = corners.reduce(SIMD2<Double>.zero) { $0 + node($1.0, $1.1) } / 3
          for place in firstIndex(in: sorted, from: lower.x - margin)..<sorted.count {
            let target = targets[order[place]]
            if target.x > upper.x + margin { break }
            if target.y >= lower.y - margin && target.y <= upper.y + margin
              && isNear(target, triangle)
            {
              starts.append((order[place], center))
            }
          }
        }
      }
    }
    return starts.sorted { $0.place < $1.place }
  }

  /// Whether a point lies in a triangle or outside it by less than a quarter of its size; where the triangle is nearly
  /// flat, as at a fold, every point by its side is near.
  private func isNear(_ point: SIMD2<Double>, _ triangle: [SIMD2<Double>]) -> Bool {
    let (a, b) = (triangle[1] - triangle[0], triangle[2] - triangle[0])
    let area = a.x * b.y - a.y * b.x
    if abs(area) < 0.05 * max((a * a).sum(), (b * b).sum()) { return true }
    let p = point - triangle[0]
    let (u, v) = ((p.x * b.y - p.y * b.x) / area, (a.x * p.y - a.y * p.x) / area)
    return u >= -0.25 && v >= -0.25 && u + v <= 1.25
  }

  private func firstIndex(in sorted: [Double], from value: Double) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Why a map has no density that is known.
public enum MapDensityError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The map or its Jacobian is not finite on the grid.
  case notFinite

  public var description: String {
    "the map or its Jacobian is not finite for noise in [-\(MapDensity.radius), \(MapDensity.radius)]²"
  }
}
