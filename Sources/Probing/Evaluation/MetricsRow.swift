// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// One line of a metrics file: named numbers of a step.
public struct MetricsRow: Sendable, Equatable {
  /// The training step.
  public var step: Int

  /// The numbers, in the order in which they are written.
  public var values: [(name: String, value: Double)]

  /// A row of named numbers; no name may be `step`.
  public init(step: Int, values: [(name: String, value: Double)]) {
    precondition(values.allSatisfy { $0.name != "step" }, "The name \"step\" is taken.")
    self.step = step
    self.values = values
  }

  /// The number of a name, or nil.
  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

  public static func == (left: MetricsRow, right: MetricsRow) -> Bool {
    left.step == right.step && left.values.elementsEqual(right.values, by: ==)
  }
}
