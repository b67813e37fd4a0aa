// Part of toylab. Licensed under Apache-2.0; see LICENSE.

// Requests and answers of a peer program: one JSON object a line on its standard input and output.

/// How a peer repeats steps.
enum PeerForm: String, Codable, Sendable {
  /// One compiled loop over many steps.
  case scan
  /// A compiled step called in a loop.
  case step

  /// How a peer is measured on an item. Inside a compiled loop XLA runs convolutions on a CPU many times as slow as
  /// outside of one, which would be no comparison.
  static func forms(of item: BenchmarkItem) -> [PeerForm] {
    switch item.work {
    case .training, .hessianProduct, .transformer: return [.scan, .step]
    case .unet, .convolution: return [.step]
    }
  }
}

/// The first line of a peer, when it is ready.
struct PeerGreeting: Decodable, Equatable {
  let ready: Bool
  /// The library and its version.
  let name: String
  let threads: Int
}

/// Asks a peer to compile an item and warm it up.
struct PeerPreparation: Encodable, Equatable {
  let name: String
  let form: PeerForm
  /// Steps of one run.
  let steps: Int
  let batch: Int
  let work: PeerWork

  init(_ item: BenchmarkItem, form: PeerForm, steps: Int) {
    name = item.name
    self.form = form
    self.steps = steps
    batch = item.batch
    work = PeerWork(item.work)
  }
}

/// Runs what was prepared.
struct PeerRun: Encodable, Equatable {
  let name: String
  let form: PeerForm
}

/// Asks for loss and gradient of one batch. Arrays are row-major; parameters go layer by layer, the weight
/// `[in, out]` before the bias.
struct PeerCheck: Encodable, Equatable {
  let work: PeerWork
  let parameters: [Float]
  let data: [Float]
  let noise: [Float]
  let time: [Float]
  let endTime: [Float]
}

/// One line to a peer.
enum PeerRequest: Encodable {
  case prepare(PeerPreparation)
  case run(PeerRun)
  case check(PeerCheck)
  case quit

  private enum CodingKeys: String, CodingKey {
    case prepare
    case run
    case check
    case quit
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .prepare(let preparation): try container.encode(preparation, forKey: .prepare)
    case .run(let run): try container.encode(run, forKey: .run)
    case .check(let check): try container.encode(check, forKey: .check)
    case .quit: try container.encode(true, forKey: .quit)
    }
  }

  /// For messages: "the peer program could not …".
  var words: String {
    switch self {
    case .prepare(let preparation): return "prepare \(preparation.name) (\(preparation.form))"
    case .run(let run): return "run \(run.name) (\(run.form))"
    case .check(let check): return "check \(check.work.kind)"
    case .quit: return "end"
    }
  }
}

struct PeerPrepared: Decodable, Equatable {
  let prepared: String
}

/// The time of one run.
struct PeerTiming: Decodable, Equatable {
  let seconds: Double
  let steps: Int

  /// Milliseconds a step.
  var milliseconds: Double { 1e3 * seconds / Double(steps) }
}

struct PeerGradient: Codable, Equatable {
  let loss: Double
  let gradient: [Double]
}

/// Any request may be answered with this instead.
struct PeerFailure: Decodable, Equatable {
  let error: String
}
