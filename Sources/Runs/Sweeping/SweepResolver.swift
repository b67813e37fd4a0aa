// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Training

/// Makes runs of a sweep's base and the values of its axes.
struct SweepResolver {
  /// A value of an axis.
  private typealias Setting = (axis: SweepAxis, value: JSONValue)

  private let sweep: Sweep
  private let base: JSONDocument
  /// Where lies what the base takes over.
  private let folder: String
  private let defaults: (ResolvedRun.Source) throws -> ResolvedRun
  private let named: (String?) throws -> ResolvedRun.Source
  /// Sources by what the text says of them, so that none is read twice.
  private var sources: [Data: ResolvedRun.Source] = [:]

  init(
    _ sweep: Sweep, defaults: @escaping (ResolvedRun.Source) throws -> ResolvedRun,
    source named: @escaping (String?) throws -> ResolvedRun.Source
  ) throws {
    self.sweep = sweep
    switch sweep.base {
    case .file(let path, _):
      base = try JSONDocument(contentsOf: path)
      folder = parentFolder(of: path)
      try ResolvedRun.shape.check(base)
    case .settings(let root):
      base = JSONDocument(path: sweep.path, root: root)
      folder = parentFolder(of: sweep.path)
    }
    self.defaults = defaults
    self.named = named
  }

  /// Refuses keys that `run.json` does not have, and values of another kind than theirs.
  func checkAxes() throws {
    for axis in sweep.axes {
      let values: [JSONValue]
      switch axis.values {
      case .list(let list): values = list
      case .range(let range): values = [range.from, range.to]
      }
      for value in values {
        let root = axis.setting(value, in: base.root)
        do {
          try ResolvedRun.shape.check(JSONDocument(path: sweep.path, root: root))
        } catch {
          // Whoever leaves out the first key is told the whole way.
          let whole = ["configuration"] + axis.path
          if case .key = error.problem, ResolvedRun.shape.shape(at: whole[...]) != nil {
            throw SweepValueError(
              file: sweep.path, position: axis.position, key: "axes", value: axis.key,
              accepted: whole.joined(separator: "."))
          }
          throw error
        }
      }
    }
  }

  /// The run of a value for each axis, valid.
  mutating func run(_ point: [JSONValue]) throws -> ResolvedRun {
    do {
      return try resolved(settings(point))
    } catch let error as JSONShapeError {
      throw error
    } catch {
      throw refusal(of: point, error)
    }
  }

  private func settings(_ point: [JSONValue]) -> [Setting] {
    zip(sweep.axes, point).map { (axis: $0, value: $1) }
  }

  private mutating func resolved(_ settings: [Setting]) throws -> ResolvedRun {
    // What sets more comes before what sets a part of it.
    var root = settings.sorted { $0.axis.path.count < $1.axis.path.count }
      .reduce(base.root) { $1.axis.setting($1.value, in: $0) }
    let source = root["source"]
    let key = source?.encoded ?? Data()
    let known = sources[key]
    if known != nil {
      let name = JSONValue(.string(""), at: source?.position ?? root.position)
      root = root.setting("source", to: name)
    }
    let run = try ResolvedRun(
      JSONDocument(path: sweep.path, root: root), beside: folder, defaults: defaults
    ) { name in try known ?? named(name) }
    try run.validate()
    sources[key] = run.source
    return run
  }

  /// Why there is no run of some values: the one that is wrong by itself, if one is, else all of them.
  private mutating func refusal(of point: [JSONValue], _ error: any Error) -> any Error {
    var named = settings(point)
    guard !named.isEmpty else { return error }
    if (try? resolved([])) != nil, let guilty = named.first(where: { (try? resolved([$0])) == nil })
    {
      named = [guilty]
    }
    let detail =
      if case RunFolderError.configuration(_, let detail) = error { detail } else { "\(error)" }
    return SweepPointError(
      file: sweep.path,
      settings: named.map { "\($0.axis.key) \($0.value.brief) (\($0.value.position))" },
      detail: detail)
  }
}
