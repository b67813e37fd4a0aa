// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import FlowMaps
import Networks

/// A piece of work whose time is measured: one training step, or one Hessian-vector product, in float32.
///
/// Names are `isd-WIDTH`, `esd-WIDTH`, `hvp-WIDTH` for a perceptron of three hidden SiLU layers,
/// `isd-DEPTHxWIDTH` for one of DEPTH hidden GELU layers, each with `@BATCH` behind it if the batch is not
/// 2048; `tit-tiny` (and `tit-b4`, which is no standard item) and `unet-tiny`, a transformer and a U-Net on images, with
/// `-difference` behind it where the tangent is a difference, and `conv-SIZExCHANNELS`, a 3×3 convolution of SIZE×SIZE
/// pixels, each with a batch of 64.
struct BenchmarkItem: Sendable, Hashable {
  enum Work: Sendable, Hashable {
    /// Batch, loss, gradient and Adam update.
    case training(Objective, PerceptronSizes)
    /// The Hessian of the iSD loss on a fixed batch times a fixed direction.
    case hessianProduct(PerceptronSizes)
    /// Batch, iSD loss, gradient and Adam update of a transformer on images of noise.
    case transformer(TransformerSizes, Tangent)
    /// The same of a U-Net.
    case unet(UNetSizes, Tangent)
    /// A convolution and the gradients of its image and its kernel.
    case convolution(ConvolutionSizes)
  }

  /// The perceptron of an item.
  struct PerceptronSizes: Sendable, Hashable {
    /// Units of each hidden layer.
    let width: Int
    /// Number of hidden layers.
    let depth: Int
    let activation: MultilayerPerceptron.Activation

    var network: MultilayerPerceptron {
      MultilayerPerceptron(width: width, depth: depth, activation: activation)
    }
  }

  /// The transformers that have a name.
  enum TransformerSizes: String, CaseIterable, Sendable, Hashable {
    case tiny
    /// B/4 on latents of 4×32×32.
    case base4 = "b4"

    /// The network of this name.
    var configuration: TransformerConfiguration {
      switch self {
      case .tiny: return .tiny
      case .base4: return TransformerPreset.base4.configuration()
      }
    }
  }

  /// The U-Nets that have a name.
  enum UNetSizes: String, CaseIterable, Sendable, Hashable {
    case tiny

    /// The network of this name.
    var configuration: UNetConfiguration {
      switch self {
      case .tiny: return .tiny
      }
    }
  }

  /// The tangent in the loss of an item on images.
  enum Tangent: String, CaseIterable, Sendable, Hashable {
    case exact
    /// Central, of the step of the published trainings (arXiv 2601.22679).
    case difference

    var method: TangentMethod {
      switch self {
      case .exact: return .exact
      case .difference: return TangentName.difference.method
      }
    }

    /// What an item's name has behind its size.
    fileprivate var suffix: String { self == .exact ? "" : "-\(rawValue)" }
  }

  /// The convolution of an item.
  struct ConvolutionSizes: Sendable, Hashable {
    /// Pixels of a side.
    let size: Int
    /// Of the image, and as many features.
    let channels: Int

    static let sizes = 1...1024
    static let channelCounts = 1...4096
  }

  /// What a step does.
  let work: Work
  /// Rows of a batch.
  let batch: Int

  /// The batch of items on perceptrons and on images, where the name tells none.
  static let defaultBatch = 2048
  static let imageBatch = 64

  init(work: Work, batch: Int) {
    self.work = work
    self.batch = batch
  }

  /// The name that ``named(_:)`` reads.
  var name: String {
    let (stem, usual): (String, Int)
    switch work {
    case .training(let objective, let sizes):
      (stem, usual) = ("\(objective.shortName)-\(sizes.name)", Self.defaultBatch)
    case .hessianProduct(let sizes):
      (stem, usual) = ("hvp-\(sizes.name)", Self.defaultBatch)
    case .transformer(let sizes, let tangent):
      (stem, usual) = ("tit-\(sizes.rawValue)\(tangent.suffix)", Self.imageBatch)
    case .unet(let sizes, let tangent):
      (stem, usual) = ("unet-\(sizes.rawValue)\(tangent.suffix)", Self.imageBatch)
    case .convolution(let sizes):
      (stem, usual) = ("conv-\(sizes.size)x\(sizes.channels)", Self.imageBatch)
    }
    return batch == usual ? stem : "\(stem)@\(batch)"
  }

  /// The items measured when none is named.
  static let standard: [BenchmarkItem] = {
    let sizes =
      [64, 128, 256, 512].map { PerceptronSizes(width: $0) }
      + [PerceptronSizes(width: 512, depth: 4, activation: .gelu)]
    func items(_ work: (PerceptronSizes) -> Work) -> [BenchmarkItem] {
      sizes.map { BenchmarkItem(work: work($0), batch: defaultBatch) }
    }
    return items { .training(.improvedSelfDistillation, $0) }
      + items { .training(.eulerianSelfDistillation, $0) }
      + items { .hessianProduct($0) }
      + [
        .transformer(.tiny, .exact), .transformer(.tiny, .difference), .unet(.tiny, .exact),
        .unet(.tiny, .difference), .convolution(ConvolutionSizes(size: 14, channels: 64)),
        .convolution(ConvolutionSizes(size: 28, channels: 32)),
      ].map { BenchmarkItem(work: $0, batch: imageBatch) }
  }()
}

extension BenchmarkItem.PerceptronSizes {
  init(width: Int) { self.init(width: width, depth: 3, activation: .silu) }

  fileprivate var name: String {
    activation == .silu ? "\(width)" : "\(depth)x\(width)"
  }

  /// The sizes of `WIDTH` or `DEPTHxWIDTH`, nil if the text is neither or beyond what a run can have.
  fileprivate init?(text: Substring) {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    switch numbers.count {
    case 1:
      guard let width = numbers[0] else { return nil }
      self.init(width: width)
    case 2:
      guard let depth = numbers[0], let width = numbers[1] else { return nil }
      self.init(width: width, depth: depth, activation: .gelu)
    default: return nil
    }
    guard MultilayerPerceptron.validWidths.contains(width),
      MultilayerPerceptron.validDepths.contains(depth), (try? network.validate()) != nil
    else { return nil }
  }
}

extension BenchmarkItem.ConvolutionSizes {
  /// The sizes of `SIZExCHANNELS`, nil if the text is none or beyond the ranges.
  fileprivate init?(text: Substring) {
    let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let size = numbers[0], let channels = numbers[1],
      Self.sizes.contains(size), Self.channelCounts.contains(channels)
    else { return nil }
    self.init(size: size, channels: channels)
  }
}

// MARK: - Names

/// A benchmark item that does not exist.
struct UnknownBenchmarkError: Error, Equatable, CustomStringConvertible {
  let name: String

  var description: String {
    let names = BenchmarkItem.standard.map(\.name)
    let suggestion = nearestName(to: name, among: names).map { " Did you mean \($0)?" } ?? ""
    return
      "there is no benchmark item \"\(name)\".\(suggestion) The items are "
      + names.joined(separator: ", ")
      + "; other sizes are named the same way, as in isd-96, hvp-2x64 or conv-7x64, and @BATCH sets the batch, as "
      + "in isd-64@256, from 1 to \(BenchmarkItem.batches.upperBound)."
  }
}

extension BenchmarkItem {
  /// The batches an item can have.
  static let batches = 1...1_048_576

  /// The item of a name.
  ///
  /// - Throws: ``UnknownBenchmarkError``, which lists the standard items and suggests the nearest.
  static func named(_ name: String) throws(UnknownBenchmarkError) -> BenchmarkItem {
    guard let item = BenchmarkItem(name: name) else { throw UnknownBenchmarkError(name: name) }
    return item
  }

  private init?(name: String) {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    let words = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, (2...3).contains(words.count),
      let work = Work(kind: words[0], size: words[1], variant: words.dropFirst(2).first)
    else { return nil }
    self.work = work
    if parts.count == 2 {
      guard let batch = Int(parts[1]), Self.batches.contains(batch) else { return nil }
      self.batch = batch
    } else {
      switch work {
      case .training, .hessianProduct: batch = Self.defaultBatch
      case .transformer, .unet, .convolution: batch = Self.imageBatch
      }
    }
  }
}

extension BenchmarkItem.Work {
  /// - Parameter variant: what follows the size, nil for nothing.
  fileprivate init?(kind: Substring, size: Substring, variant: Substring?) {
    let tangent: BenchmarkItem.Tangent
    switch variant {
    case nil: tangent = .exact
    case "difference" where ["tit", "unet"].contains(kind): tangent = .difference
    default: return nil
    }
    switch kind {
    case "tit":
      guard let sizes = BenchmarkItem.TransformerSizes(rawValue: String(size)) else { return nil }
      self = .transformer(sizes, tangent)
      return
    case "unet":
      guard let sizes = BenchmarkItem.UNetSizes(rawValue: String(size)) else { return nil }
      self = .unet(sizes, tangent)
      return
    case "conv":
      guard let sizes = BenchmarkItem.ConvolutionSizes(text: size) else { return nil }
      self = .convolution(sizes)
      return
    default: break
    }
    guard let sizes = BenchmarkItem.PerceptronSizes(text: size) else { return nil }
    switch kind {
    case "isd": self = .training(.improvedSelfDistillation, sizes)
    case "esd": self = .training(.eulerianSelfDistillation, sizes)
    case "hvp": self = .hessianProduct(sizes)
    default: return nil
    }
  }
}
