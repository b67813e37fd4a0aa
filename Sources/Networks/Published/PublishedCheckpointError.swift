// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a checkpoint under published names does not fit a network: everything that is wrong with its arrays.
public struct PublishedCheckpointError: Error, Equatable, CustomStringConvertible {
  /// An array of another shape.
  public struct Misshapen: Equatable, Sendable {
    public let name: String
    public let found: [Int]
    public let expected: [Int]

    public init(name: String, found: [Int], expected: [Int]) {
      self.name = name
      self.found = found
      self.expected = expected
    }
  }

  public let path: String
  /// Arrays that are needed and not there.
  public let missing: [String]
  /// Arrays that belong to no layer of the network.
  public let unknown: [String]
  public let misshapen: [Misshapen]

  public var description: String {
    var parts: [String] = []
    func names(_ names: [String]) -> String {
      names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
    if !missing.isEmpty { parts.append("missing: \(names(missing))") }
    if !unknown.isEmpty { parts.append("of no layer of the network: \(names(unknown))") }
    if !misshapen.isEmpty {
      let shapes = misshapen.map { "\"\($0.name)\" is \($0.found), wanted is \($0.expected)" }
      parts.append("of another shape: \(shapes.joined(separator: ", "))")
    }
    return "\(path): the tensors are not those of the network; \(parts.joined(separator: "; "))"
  }
}
