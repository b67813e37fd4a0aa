// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// Some of a network's parameters: a part of the flat vector.
public struct ParameterSelection: Sendable, Equatable {
  /// Places in the vector, in order, apart from each other.
  public let ranges: [Range<Int>]
  /// Selected numbers, at least 1.
  public let count: Int

  /// Every parameter.
  ///
  /// - Precondition: there are parameters.
  public init(all layout: ParameterLayout) {
    self.init([0..<layout.count])
  }

  /// The parameters that one of the names stands for: a role stands for all of it, a name for itself, and the beginning
  /// of names up to a dot for all that begin so (`layer0` for `layer0.weight` and `layer0.bias`).
  ///
  /// - Throws: ``ConfigurationError`` for a name that stands for none.
  public init(_ names: [String], of layout: ParameterLayout) throws(ConfigurationError) {
    for name in names where !layout.entries.contains(where: { $0.isMeant(by: name) }) {
      let stems = layout.entries.flatMap { entry in
        entry.name.indices.filter { entry.name[$0] == "." }.map { String(entry.name[..<$0]) }
          + [entry.name, entry.role.rawValue]
      }
      let roles = ParameterRole.allCases.map(\.rawValue).joined(separator: ", ")
      let hint =
        nearestName(to: name, among: stems).map { "; \($0), perhaps" }
        ?? "; names are \(layout.entries.map(\.name).joined(separator: ", "))"
      throw ConfigurationError(
        setting: "parameters", value: name,
        accepted: "a role (\(roles)), a name, or the beginning of names up to a dot" + hint)
    }
    var ranges: [Range<Int>] = []
    for entry in layout.entries where names.contains(where: { entry.isMeant(by: $0) }) {
      if let last = ranges.last, last.upperBound == entry.offset {
        ranges[ranges.count - 1] = last.lowerBound..<entry.range.upperBound
      } else {
        ranges.append(entry.range)
      }
    }
    self.init(ranges)
  }

  private init(_ ranges: [Range<Int>]) {
    self.ranges = ranges
    count = ranges.reduce(0) { $0 + $1.count }
    precondition(count > 0, "a selection of no parameters")
  }

  /// The selected numbers of a vector in the layout.
  public func part(of vector: [Double]) -> [Double] { ranges.flatMap { vector[$0] } }
}

extension ParameterLayout.Entry {
  fileprivate func isMeant(by name: String) -> Bool {
    role.rawValue == name || self.name == name || self.name.hasPrefix(name + ".")
  }
}
