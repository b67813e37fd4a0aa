// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Tensors

/// What a network is told about each row beside its point and its two times.
public struct Conditions: Sendable {
  /// The class, `[rows]`, a whole number in `0 ... classCount`; the class count itself stands for none.
  public var label: Tensor?
  /// `ω`, the guidance scale of the row, `[rows, 1]`; nil where it is a constant of the program. A network that takes
  /// guidance is told it, every other is trained with it.
  public var guidance: Tensor?
  /// What was observed, `[rows, size]`.
  public var observation: Tensor?

  public init(label: Tensor? = nil, guidance: Tensor? = nil, observation: Tensor? = nil) {
    self.label = label
    self.guidance = guidance
    self.observation = observation
  }

  /// Nothing is told.
  public static let none = Conditions()

  /// The conditions of a range of rows.
  public func sliced(_ range: Range<Int>) -> Conditions {
    func part(_ tensor: Tensor?) -> Tensor? { tensor?.sliced(range, axis: 0) }
    return Conditions(
      label: part(label), guidance: part(guidance), observation: part(observation))
  }

  /// The same with another class, or none that is told.
  public func labelled(_ label: Tensor?) -> Conditions {
    var conditions = self
    conditions.label = label
    return conditions
  }

  /// What of the conditions a network can be told.
  public func known(to network: some Network) -> Conditions {
    Conditions(
      label: network.classCount > 0 ? label : nil, guidance: guidance,
      observation: network.observationSize > 0 ? observation : nil)
  }
}

// MARK: - Inputs of programs

extension Conditions {
  /// The inputs by which a program is told the conditions of its rows.
  public enum Input: String, CaseIterable, Sendable {
    case label
    case observation
    case guidance
  }

  /// Inputs for a block of rows of a network: a label if it has classes, a scale of guidance or an observation if it
  /// takes one.
  public static func inputs(for network: some Network, rows: Int) -> Conditions {
    Conditions(
      label: network.classCount > 0 ? .input(Input.label.rawValue, [rows]) : nil,
      guidance: network.takesGuidance ? .input(Input.guidance.rawValue, [rows, 1]) : nil,
      observation: network.observationSize > 0
        ? .input(Input.observation.rawValue, [rows, network.observationSize]) : nil)
  }

  /// The declarations a program takes for ``inputs(for:rows:)``.
  public var declarations: [(role: Program.InputRole, tensor: Tensor)] {
    [label, observation, guidance].compactMap { $0.map { (.perRow, $0) } }
  }
}
