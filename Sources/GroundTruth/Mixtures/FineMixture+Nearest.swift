// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension FineMixture {
  /// The component at the smallest Mahalanobis distance, the first of equals, and that distance squared. Boxes
  /// that are farther away are passed over.
  func nearest(to x: [Double]) -> (component: Int, squaredDistance: Double) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: dimension) { point in
      let point = base(point)
      x.withUnsafeBufferPointer { rotateIntoBasis(base($0), point) }
      var best = (component: 0, squaredDistance: Double.infinity)
      var node = 0
      while node < tree.nodes.count {
        let (entry, gap) = (tree.nodes[node], squaredDistance(point, toBox: node))
        guard gap <= best.squaredDistance else {
          node = entry.next
          continue
        }
        node += 1
        guard entry.blockCount == 1 else { continue }
        let first = entry.firstBlock * Self.blockSize
        for place in first..<min(first + Self.blockSize, count) {
          let distance = squaredDistance(point, block: entry.firstBlock, place: place - first)
          let component = Int(order[place])
          if (distance, component) < (best.squaredDistance, best.component) {
            best = (component, distance)
          }
        }
      }
      return best
    }
  }

  private func squaredDistance(_ point: UnsafePointer<Double>, toBox node: Int) -> Double {
    var sum = 0.0
    for axis in 0..<dimension {
      let corner = 2 * node * dimension + axis
      let gap = max(
        tree.boxes[corner] - point[axis], point[axis] - tree.boxes[corner + dimension], 0)
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
