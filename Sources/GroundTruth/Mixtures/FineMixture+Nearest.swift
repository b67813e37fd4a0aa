// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension FineMixture {
  /// The component at the smallest Mahalanobis distance, the first of equals, and that distance squared. Blocks
  /// whose box is farther away are passed over.
  func nearest(to x: [Double]) -> (component: Int, squaredDistance: Double) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { point in
      let point = base(point)
      x.withUnsafeBufferPointer { rotateIntoBasis(base($0), point) }
      var best = (component: 0, squaredDistance: Double.infinity)
      for block in 0..<blockCount where squaredDistance(point, toBox: block) <= best.squaredDistance
      {
        let first = block * Self.blockSize
        for place in first..<min(first + Self.blockSize, count) {
          let distance = squaredDistance(point, block: block, place: place - first)
          let component = Int(order[place])
          if (distance, component) < (best.squaredDistance, best.component) {
            best = (component, distance)
          }
        }
      }
      return best
    }
  }

  private func squaredDistance(_ point: UnsafePointer<Double>, toBox block: Int) -> Double {
    var sum = 0.0
    for axis in 0..<dimension {
      let corner = 2 * block * dimension + axis
      let gap = max(boxes[corner] - point[axis], point[axis] - boxes[corner + dimension], 0)
      sum += gap * gap / eigenvalues[axis]
    }
    return sum
  }

  private func squaredDistance(
    _ point: UnsafePointer<Double>, block: Int, place: Int
  ) -> Double {
    let (group, lane) = place.quotientAndRemainder(dividingBy: Lanes.scalarCount)
    var sum = 0.0
    for axis in 0..<dimension {
      let gap = point[axis] - means[(block * dimension + axis) * Self.groups + group][lane]
      sum += gap * gap / eigenvalues[axis]
    }
    return sum
  }
}
