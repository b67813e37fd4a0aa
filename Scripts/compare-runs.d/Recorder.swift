// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Interpolants
import Networks
import RandomStreams
import Tensors

// The trainer had another room before.
#if canImport(Training)
  import Training
#else
  import Laboratory
#endif

/// Prints the steps of a run that has no command, one JSON object a line, for `Scripts/compare-runs`.
///
/// Numbers are written as the hexadecimal digits of their bits: what is compared must not pass through a
/// decimal printer, which may itself have changed between the two commits.
@main
enum Recorder {
  static func main() throws {
    switch CommandLine.arguments.dropFirst() {
    case ["guided"]: try recordGuided()
    case ["transformer"]: try recordTransformer()
    default: fatalError("usage: recorder guided | transformer")
    }
  }

  static func print(_ report: StepReport) {
    print(
      step: report.step,
      [
        ("loss", report.loss), ("lossVariance", report.lossVariance),
        ("gradientNorm", report.gradientNorm),
      ])
  }

  static func print(step: Int, _ values: [(name: String, value: Double)]) {
    let fields = values.map { ",\"\($0.name)\":\"\(hexadecimal($0.value.bitPattern))\"" }.joined()
    Swift.print("{\"step\":\(step)\(fields)}")
  }

  static func print(_ name: String, _ vector: Buffer<Float>) {
    let digits = vector.elements.map { hexadecimal($0.bitPattern) }.joined()
    Swift.print("{\"tensor\":\"\(name)\",\"precision\":\"float32\",\"bits\":\"\(digits)\"}")
  }

  private static func hexadecimal<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bits: Bits
  ) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: Bits.bitWidth / 4 - digits.count) + digits
  }
}

/// The loss and gradient of iSD on a small transformer, for given inputs.
///
/// How a trainer or a benchmark draws the batches of a transformer may change without its loss changing, so
/// the program is traced here and every input comes from a named stream of its own.
private func recordTransformer() throws {
  let (rows, steps, rate) = (24, 8, Float(0.05))
  let interpolant = LinearInterpolant()
  let network = FlowMapTransformer(
    TransformerConfiguration(
      imageSize: 8, patchSize: 2, channels: 1, width: 32, depth: 2, heads: 2))
  let executable = Executable<Float>(rows: rows, pool: WorkerPool(threads: 2)) { rows in
    let parameters = network.layout.tensors()
    let sample = TrainingSample.inputs(
      rows: rows, dimension: network.dimension, interpolant: interpolant)
    let losses = TrainingLoss(objective: .improvedSelfDistillation).perSample(
      ObjectiveContext(
        flowMap: FlowMap(interpolant: interpolant, network: network, parameters: parameters),
        sample: sample))
    let loss = mean(losses)
    return Program(
      rows: rows, inputs: sample.declarations + parameters.inputs,
      outputs: [("loss", .mean, loss), ("squaredLoss", .mean, mean(losses * losses))]
        + parameters.outputs(
          Tensors.gradient(of: loss, withRespectTo: parameters.tensors), role: .mean,
          prefix: "gradient"))
  }
  func stream(_ purpose: String) -> RandomStream {
    RandomStream(seed: 7, purpose: "compare runs " + purpose)
  }
  // The network's own start has zeros in its modulations and its last layer: most gradients would vanish there,
  // and whatever computes them would go unseen.
  let start = network.initialParameters(stream("parameters"))
  let shifts = stream("shifts").normals(rows: start.count, draws: 1)
  let parameters = Buffer<Float>(zip(start, shifts).map { $0 + 0.05 * $1 })
  let gradient = Buffer<Float>(count: start.count)
  executable.bind(inputs: network.layout, prefix: "parameters", to: parameters)
  executable.bind(outputs: network.layout, prefix: "gradient", to: gradient)
  let inputs = Dictionary(
    uniqueKeysWithValues: ["data", "noise", "time", "endTime", "fraction"].map {
      ($0, Buffer<Float>(count: executable.inputCount($0)))
    })
  for (name, buffer) in inputs { executable.bind(input: name, to: buffer) }
  let loss = executable.output("loss")
  let squaredLoss = executable.output("squaredLoss")
  executable.prepare()

  for step in 0..<steps {
    let now = UInt64(step)
    for name in ["data", "noise"] {
      inputs[name]?.assign(
        stream(name).at(step: now).normals(rows: rows, draws: network.dimension))
    }
    let times = stream("time").at(step: now).uniforms(rows: rows, draws: 1)
    let shares = stream("end time").at(step: now).uniforms(rows: rows, draws: 1)
    inputs["time"]?.assign(times)
    inputs["endTime"]?.assign(zip(times, shares).map { $0 * $1 })
    inputs["fraction"]?.assign(stream("fraction").at(step: now).uniforms(rows: rows, draws: 1))
    try executable.run()
    let value = Double(loss[0])
    Recorder.print(
      step: step + 1,
      [
        ("loss", value), ("lossVariance", Double(squaredLoss[0]) - value * value),
        ("gradientNorm", gradient.values.reduce(0) { $0 + $1 * $1 }.squareRoot()),
      ])
    Recorder.print("gradient of step \(step + 1)", gradient)
    // Plain descent written out, so that only the loss and its gradient are under comparison.
    for index in parameters.elements.indices {
      parameters.elements[index] -= rate * gradient[index]
    }
  }
  Recorder.print("parameters", parameters)
}
