// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Why a run cannot be probed.
public enum ProbeError: Error, Equatable, Sendable, CustomStringConvertible {
  case noCheckpoint(path: String)
  /// A file of parameters is not among the checkpoints of a run.
  case notInRun(path: String)
  case stepOfFile(path: String, step: Int)
  case setting(String, value: String, accepted: String)
  case notFinite(quantity: String, subject: String)
  /// Two runs whose parameters cannot be compared.
  case differentNetworks(first: String, second: String)
  case landscapeExists(path: String)
  case notALandscape(path: String, detail: String)

  public var description: String {
    switch self {
    case .noCheckpoint(let path):
      return "\(path) holds no complete checkpoint to probe; let `toylab train` come to one"
    case .notInRun(let path):
      return
        "\(path) is no checkpoint of a run: it must lie in the folder checkpoints beside a run.json"
    case .stepOfFile(let path, let step):
      return "\(path) is a checkpoint already; give the run's folder to choose step \(step)"
    case .setting(let name, let value, let accepted):
      return "\(name) \(value) cannot be used; accepted is \(accepted)"
    case .notFinite(let quantity, let subject):
      return "\(quantity) of \(subject) is not finite"
    case .differentNetworks(let first, let second):
      return "\(first) and \(second) train different networks, whose parameters share no plane"
    case .landscapeExists(let path):
      return "\(path) holds the landscape of another plane, batch or grid; choose another name or "
        + "remove it"
    case .notALandscape(let path, let detail):
      return "\(path): not a landscape (\(detail))"
    }
  }
}
