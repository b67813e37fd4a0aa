// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// `Σ x_i y_i`, in eight partial sums: of a fixed order, and fast.
func dotProduct(
  _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
) -> Double {
  var sums = SIMD8<Double>.zero
  let blocks = count / 8
  let (rawX, rawY) = (UnsafeRawPointer(x), UnsafeRawPointer(y))
  for block in 0..<blocks {
    let left = rawX.loadUnaligned(fromByteOffset: 64 &* block, as: SIMD8<Double>.self)
    let right = rawY.loadUnaligned(fromByteOffset: 64 &* block, as: SIMD8<Double>.self)
    sums += left * right
  }
  var sum = sums.sum()
  for index in 8 * blocks..<count { sum += x[index] * y[index] }
  return sum
}

/// `sqrt(Σ x_i²)`; infinite where the squares overflow.
func norm(_ x: UnsafePointer<Double>, count: Int) -> Double {
  dotProduct(x, x, count: count).squareRoot()
}

/// `y += factor x`.
func addScaled(
  _ factor: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int
) {
  for index in 0..<count { y[index] += factor * x[index] }
}

/// `x *= factor`.
func scale(_ x: UnsafeMutablePointer<Double>, by factor: Double, count: Int) {
  for index in 0..<count { x[index] *= factor }
}

/// The start of a buffer that is known not to be empty.
func start(of buffer: UnsafeBufferPointer<Double>) -> UnsafePointer<Double> {
  guard let start = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return start
}

/// The start of a buffer that is known not to be empty.
func start(of buffer: UnsafeMutableBufferPointer<Double>) -> UnsafeMutablePointer<Double> {
  guard let start = buffer.baseAddress else { preconditionFailure("the buffer is empty") }
  return start
}

/// `Σ x_i y_i` of arrays of one length.
package func dotProduct(_ x: [Double], _ y: [Double]) -> Double {
  precondition(x.count == y.count, "vectors of \(x.count) and \(y.count) numbers")
  guard !x.isEmpty else { return 0 }
  return x.withUnsafeBufferPointer { left in
    y.withUnsafeBufferPointer { right in
      dotProduct(start(of: left), start(of: right), count: left.count)
    }
  }
}

/// `sqrt(Σ x_i²)` of an array.
package func norm(_ x: [Double]) -> Double { dotProduct(x, x).squareRoot() }
