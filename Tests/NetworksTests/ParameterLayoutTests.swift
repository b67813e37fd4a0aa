// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Networks
import Tensors
import Testing

@Suite struct ParameterLayoutTests {
  private var layout: ParameterLayout {
    var layout = ParameterLayout()
    layout.append("weight", [2, 3], .matrix)
    layout.append("bias", [3], .bias)
    layout.append("scale", [], .norm)
    return layout
  }

  @Test("entries lie one behind the other in one vector")
  func offsets() {
    #expect(layout.entries.map(\.name) == ["weight", "bias", "scale"])
    #expect(layout.entries.map(\.offset) == [0, 6, 9])
    #expect(layout.entries.map(\.range) == [0..<6, 6..<9, 9..<10])
    #expect(layout.entries.map(\.role) == [.matrix, .bias, .norm])
    #expect(layout.entries.map(\.shape) == [[2, 3], [3], []])
    #expect(layout.count == 10)
    #expect(ParameterLayout().count == 0)
  }

  @Test("parameters are found by name and declared as shared inputs under their prefix")
  func tensors() {
    let tensors = layout.tensors(prefix: "p")
    #expect(tensors["bias"] == tensors.tensors[1])
    #expect(tensors["scale"].shape == .scalar)
    let program = Program(
      inputs: tensors.inputs, outputs: [("sum", .sum, tensors["weight"].sum())])
    #expect(program.inputs.map(\.name) == ["p/weight", "p/bias", "p/scale"])
    #expect(program.inputs.allSatisfy { $0.role == .shared })
  }

  @Test("programs read entries from, and write them to, their places in a vector")
  func binding() throws {
    let layout = layout
    let executable = Executable<Double>(rows: 1, pool: WorkerPool(threads: 1)) { _ in
      let p = layout.tensors()
      let value = (p["weight"] * p["bias"]).sum() * p["scale"]
      return Program(
        inputs: p.inputs,
        outputs: [("value", .sum, value)]
          + p.outputs(
            gradient(of: value, withRespectTo: p.tensors), role: .sum, prefix: "gradient"))
    }
    let parameters = Buffer<Double>([1, 2, 3, 4, 5, 6, 10, 20, 30, 0.5])
    let gradients = Buffer<Double>(count: 10)
    executable.bind(inputs: layout, prefix: "parameters", to: parameters)
    executable.bind(outputs: layout, prefix: "gradient", to: gradients)
    try executable.run()
    #expect(executable.output("value").values == [230])
    #expect(gradients.values == [5, 10, 15, 5, 10, 15, 2.5, 3.5, 4.5, 460])
    parameters[9] = 1
    try executable.run()
    #expect(gradients.values == [10, 20, 30, 10, 20, 30, 5, 7, 9, 460])
  }
}
