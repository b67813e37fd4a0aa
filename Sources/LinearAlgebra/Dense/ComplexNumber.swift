// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A complex number.
public struct ComplexNumber: Sendable, Hashable, Codable {
  public var real: Double
  public var imaginary: Double

  public init(_ real: Double, _ imaginary: Double = 0) {
    self.real = real
    self.imaginary = imaginary
  }

  public var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
}
