// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
public import Interpolants
public import Networks
public import Training

/// A trained network with its parameters, to be taken over by a run.
public struct Pretrained: Sendable {
  public let network: PretrainedNetwork
  /// In the layout of the network.
  public let parameters: [Double]

  /// A checkpoint of a run.
  ///
  /// - Parameters:
  ///   - path: the run's folder, of which the latest checkpoint is taken, or one of its checkpoints.
  ///   - averageDecay: takes this average instead of the parameters.
  /// - Throws: ``ProbeError``, ``RunSamplerError``, or what reading the files throws.
  public init(run path: String, averageDecay: Double? = nil) throws {
    let run = try ProbedRun(path, averageDecay: averageDecay)
    let average = averageDecay.map { ", average of decay \($0)" } ?? ""
    network = PretrainedNetwork(
      network: run.run.configuration.network, interpolant: run.run.configuration.interpolant,
      origin: run.checkpoint.path + average)
    parameters = run.parameters
  }

  /// A transformer's checkpoint under the published names (see `PublishedTransformerNames`), which may stand
  /// after a prefix `parameter.`, as in files of reference values.
  ///
  /// - Parameters:
  ///   - interpolant: the path on which it was trained, which such a file does not tell.
  /// - Throws: `FileError`, `SafeTensorsError`; `PublishedCheckpointError` for tensors that are not the network's.
  public init(
    published path: String, as configuration: TransformerConfiguration,
    interpolant: InterpolantKind
  ) throws {
    let file = try SafeTensors(contentsOf: path)
    let names = PublishedTransformerNames(configuration)
    let prefix = file["parameter.\(names.entries[0].name)"] == nil ? "" : "parameter."
    network = PretrainedNetwork(
      network: .transformer(FlowMapTransformer(configuration)), interpolant: interpolant,
      origin: path)
    parameters = try names.vector(from: file, prefix: prefix, path: path)
  }
}
