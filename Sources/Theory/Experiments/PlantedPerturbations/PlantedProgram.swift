// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import FlowMaps
internal import GroundTruth
internal import Interpolants
internal import Networks
internal import Tensors

/// For every point: the slope of the objective along each amplitude (`slope`), `⟨ψ, Lψ⟩` summed over the two
/// waves as the compiled objective has it (`form`) and as the linearised operator has it (`predicted`), `‖ψ‖²`
/// (`norm`), and a bound on what the network's velocity error changes in the form (`teacherError`).
func plantedProgram(
  _ objective: Objective, network: MultilayerPerceptron, target: GaussianMixture,
  interpolant: any Interpolant, packet: WavePacket, rows: Int
) -> Program {
  let parameters = network.layout.tensors()
  let sample = TrainingSample.inputs(rows: rows, dimension: 1, interpolant: interpolant)
  let frequency = Tensor.input("frequency", [1, 1])
  let amplitudes = Tensor.input("amplitudes", [rows, 2])
  let span = interpolant.endTime
  let flowMap = FlowMap(interpolant: interpolant) { x, time, endTime in
    let waves = packet.waves(x, time * span, endTime * span, frequency: frequency)
    return network(parameters, noisy: x, time: time, endTime: endTime)
      + (amplitudes * concatenate(waves, axis: 1)).sum([1]).reshaped(to: [rows, 1])
  }
  let velocity: @Sendable (Tensor, Tensor) -> Tensor = { x, t in
    SymbolicMixture(target).marginal(x, at: t, interpolant: interpolant).velocity
  }
  let context = ObjectiveContext(
    flowMap: flowMap, sample: sample, exactVelocity: { x, t, _ in velocity(x, t) })
  let slope = gradient(of: objective.perSample(context).sum([0]), withRespectTo: amplitudes)
  let form = (0...1).map { phase -> Tensor in
    let direction = Tensor(values: phase == 0 ? [1, 0] : [0, 1], shape: [1, 2])
      .broadcast(to: [rows, 2])
    let change = derivative(
      of: slope, along: [amplitudes: direction], stopGradients: .crossed)
    return 0.5 * change.sliced(phase..<phase + 1, axis: 1)
  }
  let waves = packet.waves(sample.noisy, sample.time, sample.endTime, frequency: frequency)
  let prediction = LinearizedForm(
    sample: sample, interpolant: interpolant, packet: packet, frequency: frequency,
    velocity: velocity, flowMap: flowMap)
  let predicted = (0...1).map { prediction.form(objective, wave: $0) }
  let teacherErrors = (0...1).map { prediction.teacherError(objective, wave: $0) }
  func total(_ parts: [Tensor]) -> Tensor { (parts[0] + parts[1]).reshaped(to: [rows]) }
  return Program(
    rows: rows,
    inputs: sample.declarations + [(.shared, frequency), (.perRow, amplitudes)]
      + parameters.inputs,
    outputs: [
      ("slope", .perRow, slope), ("form", .perRow, total(form)),
      ("predicted", .perRow, total(predicted)), ("norm", .perRow, total(waves.map(square))),
      ("teacherError", .perRow, total(teacherErrors)),
    ])
}

/// The quadratic forms of the linearised operators at each point, with the exact velocity and `η = Aψ`
/// (`ν = 1` for both interpolants). LSD's form takes the slope of the network's own velocity: at `s = 0`,
/// where few training times fall, it is far from that of `v*`.
private struct LinearizedForm {
  let sample: TrainingSample
  let interpolant: any Interpolant
  let packet: WavePacket
  let frequency: Tensor
  let velocity: (Tensor, Tensor) -> Tensor
  let flowMap: FlowMap

  private func moved(_ wave: Int, x rate: Tensor?, t: Double, s: Double) -> Tensor {
    let (x, time, end) = (sample.noisy, sample.time, sample.endTime)
    let separation = interpolant.separation(from: time, to: end)
    let packetWave = packet.waves(x, time, end, frequency: frequency)[wave]
    return derivative(
      of: separation * packetWave,
      along: [
        x: rate ?? .zeros(x.shape), time: Tensor(t, shape: time.shape),
        end: Tensor(s, shape: end.shape),
      ])
  }

  private func wave(_ index: Int) -> Tensor {
    packet.waves(sample.noisy, sample.time, sample.endTime, frequency: frequency)[index]
  }

  private var exactVelocity: Tensor { velocity(sample.noisy, sample.time) }

  func form(_ objective: Objective, wave index: Int) -> Tensor {
    let along = moved(index, x: exactVelocity, t: 1, s: 0)
    switch objective {
    case .eulerianSelfDistillation: return moved(index, x: nil, t: 1, s: 0) * along
    case .eulerianSelfDistillationUnstopped, .eulerianFull: return along * along
    case .lagrangianSelfDistillation:
      let change = moved(index, x: nil, t: 0, s: 1)
      let (end, separation) = (
        sample.endTime, interpolant.separation(from: sample.time, to: sample.endTime)
      )
      let there = flowMap.map(sample.noisy, from: sample.time, to: end)
      let slope = derivative(
        of: flowMap.velocity(there, at: end), along: [there: .ones(there.shape)])
      return change * (change - slope * separation * wave(index))
    case .directSemi, .eulerianSemi, .improvedSelfDistillation: return wave(index) * along
    default:
      fatalError("no linearised operator is written down for \(objective.rawValue)")
    }
  }

  /// `|χ| |v̂ − v*| |∂_xη|`, with `χ` what the gradient reaches; 0 where the form has no velocity of `x_t`.
  func teacherError(_ objective: Objective, wave index: Int) -> Tensor {
    let own = flowMap.velocity(sample.noisy, at: sample.time)
    let error = abs(own - exactVelocity)
    let slope = abs(moved(index, x: .ones(sample.noisy.shape), t: 0, s: 0))
    switch objective {
    case .eulerianSelfDistillation:
      return error * slope * abs(moved(index, x: nil, t: 1, s: 0))
    case .improvedSelfDistillation: return error * slope * abs(wave(index))
    case .eulerianSelfDistillationUnstopped:
      return error * slope
        * (2 * abs(moved(index, x: exactVelocity, t: 1, s: 0)) + error * slope)
    default: return .zeros(error.shape)
    }
  }
}
