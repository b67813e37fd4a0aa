// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import GroundTruth
internal import Networks
internal import Tensors

extension TransformerReference {
  /// Compares every number of the file with the lab's own, computed in Double by the compiled engine.
  ///
  /// Errors are relative, number by number; see ``ReferenceTally``. The tolerance is 1e-9.
  ///
  /// - Throws: `EngineError`.
  public func check() throws -> [ReferenceCheck] {
    let values = try evaluated()
    let names = PublishedTransformerNames(configuration)
    var tally = ReferenceTally()
    func compare(_ quantity: String, _ got: [Double], _ want: [Double]) {
      tally.compare(quantity, got, want, tolerance: 1e-9)
    }
    compare("parameter.\(names.positions.name)", names.positions.values, positions)
    let size = output.count / classes.count
    for row in classes.indices {
      let range = row * size..<(row + 1) * size
      compare("output", Array(values.output[range]), Array(output[range]))
      compare("outputTangent", Array(values.outputTangent[range]), Array(outputTangent[range]))
    }
    for (got, want) in zip(names.arrays(from: values.gradient), names.arrays(from: gradient)) {
      compare("gradient.\(got.name)", got.values, want.values)
    }
    return tally.results
  }

  /// The lab's own values of what a file has values of.
  private func evaluated() throws(EngineError) -> (
    output: [Double], outputTangent: [Double], gradient: [Double]
  ) {
    let network = FlowMapTransformer(configuration)
    let layout = network.layout
    let executable = Executable<Double>(
      rows: classes.count, pool: WorkerPool(threads: 1)
    ) { rows in
      transformerReferenceProgram(network, rows: rows)
    }
    executable.bind(inputs: layout, prefix: "parameters", to: Buffer(parameters))
    let outputs = try executable.evaluate([
      "x": points, "t": times, "s": endTimes, "tangent": tangent, "cotangent": cotangent,
      Conditions.Input.label.rawValue: classes.map(Double.init),
    ])
    func values(_ name: String) -> [Double] {
      guard let values = outputs[name] else { preconditionFailure("there is no output \(name)") }
      return values
    }
    return (
      values("output"), values("outputTangent"),
      layout.entries.flatMap { values("gradient/\($0.name)") }
    )
  }
}

/// Output, its derivative along `(tangent, 1, 0)` and the gradient of `Σ output · cotangent`.
private func transformerReferenceProgram(_ network: FlowMapTransformer, rows: Int) -> Program {
  let parameters = network.layout.tensors()
  let conditions = Conditions.inputs(for: network, rows: rows)
  let x = Tensor.input("x", [rows, network.dimension])
  let tangent = Tensor.input("tangent", x.shape)
  let cotangent = Tensor.input("cotangent", x.shape)
  let time = Tensor.input("t", [rows, 1])
  let endTime = Tensor.input("s", [rows, 1])
  let output = network(
    parameters, noisy: x, time: time, endTime: endTime, conditions: conditions)
  let outputTangent = derivative(
    of: output,
    along: [x: tangent, time: .ones([rows, 1]), endTime: .zeros([rows, 1])])
  let gradient = Tensors.gradient(
    of: (output * cotangent).sum(), withRespectTo: parameters.tensors)
  let inputs: [(role: Program.InputRole, tensor: Tensor)] =
    [x, tangent, cotangent, time, endTime].map { (.perRow, $0) }
  return Program(
    rows: rows, inputs: inputs + conditions.declarations + parameters.inputs,
    outputs: [("output", .perRow, output), ("outputTangent", .perRow, outputTangent)]
      + parameters.outputs(gradient, role: .sum, prefix: "gradient"))
}
