// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
public import Tensors

/// What a formula in time needs: arithmetic and the elementary functions.
///
/// A schedule written once over this protocol serves as numbers (`Double`), as derivatives (`Dual`) and
/// as part of a symbolic graph (`Tensor`), so that no derivative is ever written by hand.
public protocol ElementaryNumber {
  /// A constant.
  init(_ value: Double)
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static func / (left: Self, right: Self) -> Self
  static func exp(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  static func sin(_ x: Self) -> Self
  static func cos(_ x: Self) -> Self
  static func sqrt(_ x: Self) -> Self
}

extension Double: ElementaryNumber {
  public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  public static func log(_ x: Double) -> Double { Foundation.log(x) }
  public static func sin(_ x: Double) -> Double { Foundation.sin(x) }
  public static func cos(_ x: Double) -> Double { Foundation.cos(x) }
  public static func sqrt(_ x: Double) -> Double { x.squareRoot() }
}

extension Tensor: ElementaryNumber {
  public init(_ value: Double) { self.init(value, shape: .scalar) }
  public static func exp(_ x: Tensor) -> Tensor { Tensors.exp(x) }
  public static func log(_ x: Tensor) -> Tensor { Tensors.log(x) }
  public static func sin(_ x: Tensor) -> Tensor { Tensors.sin(x) }
  public static func cos(_ x: Tensor) -> Tensor { Tensors.cos(x) }
  public static func sqrt(_ x: Tensor) -> Tensor { Tensors.sqrt(x) }
}

/// A number with its derivative: forward-mode differentiation. `Dual<Dual<Double>>` carries the second.
public struct Dual<Scalar: ElementaryNumber>: ElementaryNumber {
  public let value: Scalar
  public let rate: Scalar

  public init(_ value: Scalar, rate: Scalar) {
    self.value = value
    self.rate = rate
  }

  public init(_ value: Double) {
    self.init(Scalar(value), rate: Scalar(0))
  }

  public static func + (a: Self, b: Self) -> Self { Dual(a.value + b.value, rate: a.rate + b.rate) }
  public static func - (a: Self, b: Self) -> Self { Dual(a.value - b.value, rate: a.rate - b.rate) }
  public static func * (a: Self, b: Self) -> Self {
    Dual(a.value * b.value, rate: a.rate * b.value + a.value * b.rate)
  }
  public static func / (a: Self, b: Self) -> Self {
    let quotient = a.value / b.value
    return Dual(quotient, rate: (a.rate - quotient * b.rate) / b.value)
  }
  public static func exp(_ x: Self) -> Self {
    let y = Scalar.exp(x.value)
    return Dual(y, rate: y * x.rate)
  }
  public static func log(_ x: Self) -> Self { Dual(.log(x.value), rate: x.rate / x.value) }
  public static func sin(_ x: Self) -> Self {
    Dual(.sin(x.value), rate: .cos(x.value) * x.rate)
  }
  public static func cos(_ x: Self) -> Self {
    Dual(.cos(x.value), rate: Scalar(0) - .sin(x.value) * x.rate)
  }
  public static func sqrt(_ x: Self) -> Self {
    let y = Scalar.sqrt(x.value)
    return Dual(y, rate: x.rate / (y + y))
  }
}
