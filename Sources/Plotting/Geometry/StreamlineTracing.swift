// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Evenly spaced streamlines after B. Jobard and W. Lefer, "Creating evenly-spaced streamlines of
/// arbitrary density" (1997): a line ends where it comes close to another, and new lines start at
/// the separation distance from old ones.
///
/// Lengths are fractions of the grid's sides, so that the picture is even on the page whatever the
/// units of the axes.
struct StreamlineTracing {
  private let grid: VectorGrid
  private let separation: Double
  private let step: Double
  private var cells: [[PlotPoint]]
  private let cellCount: Int

  /// The streamlines of a grid, in data coordinates.
  ///
  /// - Parameter separation: the distance between neighbouring lines as a fraction of the side, in
  ///   (0, 1).
  static func lines(of grid: VectorGrid, separation: Double) -> [[PlotPoint]] {
    precondition(separation > 0 && separation < 1, "the separation must lie in (0, 1)")
    var tracing = StreamlineTracing(grid: grid, separation: separation)
    return tracing.traceAll().map { $0.map(tracing.dataPoint) }
  }

  private init(grid: VectorGrid, separation: Double) {
    self.grid = grid
    self.separation = separation
    step = separation / 8
    cellCount = max(Int(1 / separation), 1)
    cells = Array(repeating: [], count: cellCount * cellCount)
  }

  private mutating func traceAll() -> [[PlotPoint]] {
    var lines: [[PlotPoint]] = []
    var next = 0
    for seed in seeds() {
      if let line = line(through: seed) { lines.append(line) }
      while next < lines.count {
        for candidate in candidates(along: lines[next]) {
          if let line = line(through: candidate) { lines.append(line) }
        }
        next += 1
      }
    }
    return lines
  }

  /// The middle first, then a coarse lattice that reaches parts no line has led to.
  private func seeds() -> [PlotPoint] {
    let lattice = (0..<cellCount).flatMap { row in
      (0..<cellCount).map { column in
        PlotPoint(
          x: (Double(column) + 0.5) / Double(cellCount), y: (Double(row) + 0.5) / Double(cellCount))
      }
    }
    return [PlotPoint(x: 0.5, y: 0.5)] + lattice
  }

  private func candidates(along line: [PlotPoint]) -> [PlotPoint] {
    stride(from: 0, to: line.count, by: 4).flatMap { index -> [PlotPoint] in
      guard let direction = direction(at: line[index]) else { return [] }
      return [1.0, -1.0].map { side in
        PlotPoint(
          x: line[index].x - side * direction.y * separation,
          y: line[index].y + side * direction.x * separation)
      }
    }
  }

  /// A line through `seed`, registered, or `nil` when the seed is too close to a line or the line
  /// is too short to show a direction.
  private mutating func line(through seed: PlotPoint) -> [PlotPoint]? {
    guard isFree(seed, distance: separation * 0.98) else { return nil }
    let backwards = integrated(from: seed, sign: -1)
    let isClosed = backwards.last == seed
    let forwards = isClosed ? [] : integrated(from: seed, sign: 1, avoiding: backwards)
    let line = backwards.reversed() + [seed] + forwards
    guard Double(line.count) * step > 1.5 * separation else { return nil }
    for point in line { cells[cell(of: point)].append(point) }
    return line
  }

  /// Steps of equal length by the classical Runge-Kutta method, up to a border, a standstill,
  /// another line, or the line's own beginning.
  private func integrated(
    from seed: PlotPoint, sign: Double, avoiding earlier: [PlotPoint] = []
  ) -> [PlotPoint] {
    var points: [PlotPoint] = []
    var point = seed
    let longest = Int(3 / step)
    let closing = step * 0.75
    while points.count < longest {
      guard let next = advanced(point, by: sign * step), contains(next),
        isFree(next, distance: separation * 0.5)
      else { break }
      if points.count > 8, next.distance(to: seed) < closing { return points + [seed] }
      if let end = earlier.last, points.count > 8, next.distance(to: end) < closing { break }
      if isClose(next, toOwn: points) { break }
      points.append(next)
      point = next
    }
    return points
  }

  /// Whether a point runs beside an earlier stretch of its own line, as in a spiral. The beginning
  /// is left out, or a cycle would stop short of closing.
  private func isClose(_ point: PlotPoint, toOwn points: [PlotPoint]) -> Bool {
    points.dropFirst(6).dropLast(12).contains { $0.distance(to: point) < separation * 0.4 }
  }

  private func advanced(_ point: PlotPoint, by step: Double) -> PlotPoint? {
    func moved(_ direction: PlotPoint, _ length: Double) -> PlotPoint {
      PlotPoint(x: point.x + direction.x * length, y: point.y + direction.y * length)
    }
    guard let first = direction(at: point),
      let second = direction(at: moved(first, step / 2)),
      let third = direction(at: moved(second, step / 2)),
      let fourth = direction(at: moved(third, step))
    else { return nil }
    return PlotPoint(
      x: point.x + step / 6 * (first.x + 2 * second.x + 2 * third.x + fourth.x),
      y: point.y + step / 6 * (first.y + 2 * second.y + 2 * third.y + fourth.y))
  }

  /// The unit direction of the field in the unit square; `nil` where it vanishes or is undefined.
  private func direction(at point: PlotPoint) -> PlotPoint? {
    guard let vector = grid.interpolated(at: dataPoint(point)) else { return nil }
    let x = vector.u / (grid.x.upperBound - grid.x.lowerBound)
    let y = vector.v / (grid.y.upperBound - grid.y.lowerBound)
    let length = (x * x + y * y).squareRoot()
    guard length > .leastNormalMagnitude, length.isFinite else { return nil }
    return PlotPoint(x: x / length, y: y / length)
  }

  private func dataPoint(_ point: PlotPoint) -> PlotPoint {
    PlotPoint(
      x: grid.x.lowerBound + point.x * (grid.x.upperBound - grid.x.lowerBound),
      y: grid.y.lowerBound + point.y * (grid.y.upperBound - grid.y.lowerBound))
  }

  private func contains(_ point: PlotPoint) -> Bool {
    point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1
  }

  private func isFree(_ point: PlotPoint, distance: Double) -> Bool {
    guard contains(point) else { return false }
    let column = cellIndex(of: point.x)
    let row = cellIndex(of: point.y)
    for y in max(row - 1, 0)...min(row + 1, cellCount - 1) {
      for x in max(column - 1, 0)...min(column + 1, cellCount - 1)
      where cells[y * cellCount + x].contains(where: { $0.distance(to: point) < distance }) {
        return false
      }
    }
    return true
  }

  private func cellIndex(of coordinate: Double) -> Int {
    min(Int(coordinate * Double(cellCount)), cellCount - 1)
  }

  private func cell(of point: PlotPoint) -> Int {
    cellIndex(of: point.y) * cellCount + cellIndex(of: point.x)
  }
}
