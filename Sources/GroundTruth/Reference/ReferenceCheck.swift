// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// How far the lab's values of one quantity are from given ones.
public struct ReferenceCheck: Sendable, Equatable {
  /// The quantity's name in its file.
  public let quantity: String
  /// The largest relative error of any number compared; NaN if any comparison gave NaN.
  public let largestError: Double
  public let tolerance: Double
  /// How many numbers were compared.
  public let count: Int
  /// Whether something was compared and all of it agrees; NaN never does.
  public var passes: Bool { count > 0 && largestError <= tolerance }

  public init(quantity: String, largestError: Double, tolerance: Double, count: Int) {
    self.quantity = quantity
    self.largestError = largestError
    self.tolerance = tolerance
    self.count = count
  }
}
