// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// What the JSON of a verification looks like: an expectation is an object with its `kind` and its numbers
// by name; findings and results carry their verdict as `holds`, which is written for readers and worked
// out anew when read.

extension Expectation: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, value, tolerance, standardErrors, bound
  }

  private enum Kind: String, Codable {
    case equals, agrees, atMost, atLeast
  }

  /// - Throws: `DecodingError` for an unknown kind or a number that is missing.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Double {
      try container.decode(Double.self, forKey: key)
    }
    switch try container.decode(Kind.self, forKey: .kind) {
    case .equals: self = .equals(try number(.value), tolerance: try number(.tolerance))
    case .agrees: self = .agrees(try number(.value), standardErrors: try number(.standardErrors))
    case .atMost: self = .atMost(try number(.bound))
    case .atLeast: self = .atLeast(try number(.bound))
    }
  }

  /// Writes `{"kind": "equals", "value": …, "tolerance": …}`, `{"kind": "agrees", "value": …,
  /// "standardErrors": …}` or `{"kind": "atMost", "bound": …}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .equals(let value, let tolerance):
      try container.encode(Kind.equals, forKey: .kind)
      try container.encode(value, forKey: .value)
      try container.encode(tolerance, forKey: .tolerance)
    case .agrees(let value, let standardErrors):
      try container.encode(Kind.agrees, forKey: .kind)
      try container.encode(value, forKey: .value)
      try container.encode(standardErrors, forKey: .standardErrors)
    case .atMost(let bound):
      try container.encode(Kind.atMost, forKey: .kind)
      try container.encode(bound, forKey: .bound)
    case .atLeast(let bound):
      try container.encode(Kind.atLeast, forKey: .kind)
      try container.encode(bound, forKey: .bound)
    }
  }
}

extension Finding: Codable {
  private enum CodingKeys: String, CodingKey {
    case quantity, measured, standardError, expectation, holds
  }

  /// - Throws: `DecodingError` for a missing key, or an expectation in standard errors without one.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let standardError = try container.decodeIfPresent(Double.self, forKey: .standardError)
    let expectation = try container.decode(Expectation.self, forKey: .expectation)
    if case .agrees = expectation, standardError == nil {
      throw DecodingError.keyNotFound(
        CodingKeys.standardError,
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "an expectation in standard errors needs a standardError"))
    }
    self.init(
      try container.decode(String.self, forKey: .quantity),
      measured: try container.decode(Double.self, forKey: .measured),
      standardError: standardError, expectation)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(quantity, forKey: .quantity)
    try container.encode(measured, forKey: .measured)
    try container.encodeIfPresent(standardError, forKey: .standardError)
    try container.encode(expectation, forKey: .expectation)
    try container.encode(holds, forKey: .holds)
  }
}

extension CheckResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case number, claim, findings, failure, seconds, holds
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      number: try container.decode(Int.self, forKey: .number),
      claim: try container.decode(String.self, forKey: .claim),
      findings: try container.decode([Finding].self, forKey: .findings),
      failure: try container.decodeIfPresent(String.self, forKey: .failure),
      seconds: try container.decode(Double.self, forKey: .seconds))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(number, forKey: .number)
    try container.encode(claim, forKey: .claim)
    try container.encode(findings, forKey: .findings)
    try container.encodeIfPresent(failure, forKey: .failure)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(holds, forKey: .holds)
  }
}
