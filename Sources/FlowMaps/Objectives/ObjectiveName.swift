// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

/// An objective that does not exist.
public struct UnknownObjectiveError: Error, Equatable, CustomStringConvertible {
  public let name: String

  public var description: String {
    let names = Objective.allCases.flatMap { [$0.shortName, $0.rawValue] }
    let suggestion = nearestName(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
    let valid = Objective.allCases.map { "\($0.shortName) (\($0.rawValue))" }
    return "there is no objective \"\(name)\".\(suggestion) The objectives are "
      + valid.joined(separator: ", ") + "."
  }
}

extension Objective {
  /// The objective of a full or a short name.
  ///
  /// - Throws: ``UnknownObjectiveError``, which lists the names and suggests the nearest.
  public static func named(_ name: String) throws(UnknownObjectiveError) -> Objective {
    guard let objective = Objective(named: name) else { throw UnknownObjectiveError(name: name) }
    return objective
  }
}
