// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

/// Reads the parts of a sweep's file, whose shape was checked.
struct SweepReader {
  private let document: JSONDocument

  init(_ document: JSONDocument) { self.document = document }

  func error(
    _ key: String, _ value: JSONValue, accepted: String, as text: String? = nil
  ) -> SweepValueError {
    SweepValueError(
      file: document.path, position: value.position, key: key, value: text ?? value.brief,
      accepted: accepted)
  }

  func required(_ name: String, of object: JSONValue, _ key: String) throws -> JSONValue {
    guard let value = object[name] else {
      throw error(key, object, accepted: "a value for it", as: "nothing")
    }
    return value
  }

  func whole(_ value: JSONValue, _ key: String, _ range: ClosedRange<Int>) throws -> Int {
    guard case .number(_, let literal) = value.content, let number = Int(literal),
      range.contains(number)
    else {
      throw error(
        key, value, accepted: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func seed(_ value: JSONValue, _ key: String) throws -> UInt64 {
    guard case .number(_, let literal) = value.content, let seed = UInt64(literal) else {
      throw error(key, value, accepted: "a whole number from 0 to 2^64 - 1")
    }
    return seed
  }

  func seeds(_ value: JSONValue) throws -> [UInt64] {
    guard case .array(let values) = value.content else {
      return (0..<UInt64(try whole(value, "seeds", 1...Sweep.largestCount))).map { $0 }
    }
    let seeds = try values.map { try seed($0, "seeds") }
    guard !seeds.isEmpty, seeds.count <= Sweep.largestCount, Set(seeds).count == seeds.count else {
      throw error("seeds", value, accepted: "different seeds, or how many")
    }
    return seeds
  }

  func metrics(_ value: JSONValue) throws -> [String] {
    guard case .array(let values) = value.content, !values.isEmpty,
      Set(values.map(\.brief)).count == values.count
    else { throw error("metrics", value, accepted: "different names of metrics.jsonl") }
    return values.map(\.brief)
  }

  func halving(_ value: JSONValue) throws -> SweepHalving {
    let rungs = try required("rungs", of: value, "halving.rungs")
    guard case .array(let values) = rungs.content, !values.isEmpty else {
      throw error("halving.rungs", rungs, accepted: "steps, each larger than the one before")
    }
    let steps = try values.map { try whole($0, "halving.rungs", 1...Int(Int32.max)) }
    guard zip(steps, steps.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw error("halving.rungs", rungs, accepted: "steps, each larger than the one before")
    }
    let share = try required("keep", of: value, "halving.keep")
    guard case .number(let keep, _) = share.content, keep > 0, keep < 1 else {
      throw error("halving.keep", share, accepted: "a share above 0 and below 1")
    }
    return SweepHalving(rungs: steps, keep: keep)
  }

  // MARK: Axes

  /// What no axis can vary, with the reason.
  private static let fixed = [
    "configuration.seed": "seeds for it",
    "threads": "parallel.threads for it, which changes no result",
    "version": "no axis for it: it tells which lab has made a run",
    "command": "no axis for it: it tells which command has made a run",
  ]

  func axes(isDrawn: Bool) throws -> [SweepAxis] {
    guard let value = document.root["axes"] else { return [] }
    guard case .object(let members) = value.content else {
      throw error(
        "axes", value, accepted: "an object of keys of run.json with their values", as: value.kind)
    }
    return try members.map { member in
      let key = "axes.\(member.name)"
      func refused(_ value: JSONValue, _ accepted: String, as text: String? = nil)
        -> SweepValueError
      {
        error(key, value, accepted: accepted, as: text)
      }
      if let reason = Self.fixed[member.name] {
        throw SweepValueError(
          file: document.path, position: member.position, key: "axes", value: member.name,
          accepted: reason)
      }
      let values: SweepAxis.Values
      switch member.value.content {
      case .array(let list):
        guard !list.isEmpty else { throw refused(member.value, "one value or more") }
        var seen: Set<String> = []
        if let again = list.first(where: { !seen.insert($0.brief).inserted }) {
          throw refused(again, "each value once")
        }
        values = .list(list)
      case .object:
        try Sweep.range.check(JSONDocument(path: "\(document.path), \(key)", root: member.value))
        guard isDrawn else {
          throw refused(
            member.value, "a list of values, or a range with \"random\": {\"draws\": …}",
            as: "a range")
        }
        values = .range(try range(member.value, key, of: member.name))
      default:
        throw refused(
          member.value, "a list of values, or {\"from\": …, \"to\": …, \"scale\": …} to draw from")
      }
      return SweepAxis(key: member.name, position: member.position, values: values)
    }
  }

  private func range(_ value: JSONValue, _ key: String, of name: String) throws -> SweepRange {
    let from = try required("from", of: value, "\(key).from")
    let to = try required("to", of: value, "\(key).to")
    let scale = value["scale"].flatMap { SweepRange.Scale(rawValue: $0.brief) } ?? .linear
    let path = name.split(separator: ".").map(String.init)
    let shape = ResolvedRun.shape.shape(at: path[...])
    let isWhole = shape == .integer
    if let shape, shape != .number, shape != .integer {
      throw error(
        key, value, accepted: "a list of values, each \(shape.description)", as: "a range")
    }
    for (end, number) in [("from", from), ("to", to)] {
      guard case .number(let double, let literal) = number.content,
        !isWhole || Int(literal).map({ abs($0) < 1 << 52 }) == true
      else {
        throw error(
          "\(key).\(end)", number, accepted: isWhole ? "a whole number" : "a finite number")
      }
      if scale == .log && double <= 0 {
        throw error("\(key).\(end)", number, accepted: "a number above 0 on a logarithmic scale")
      }
    }
    guard case .number(let low, _) = from.content, case .number(let high, _) = to.content,
      low < high
    else { throw error("\(key).to", to, accepted: "a number above \(from.brief)") }
    return SweepRange(from: from, to: to, scale: scale, isWhole: isWhole)
  }
}
