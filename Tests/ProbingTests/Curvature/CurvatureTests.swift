// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CTestSupport
import Engines
import FlowMaps
import GroundTruth
import Interpolants
import LinearAlgebra
import Measures
import Networks
import Probing
import Tensors
import Testing

@testable import Training

@Suite struct CurvatureTests {
  @Test(
    "extreme eigenvalues, density and trace are those of the dense Hessian",
    arguments: InterpolantKind.allCases)
  func denseHessian(kind: InterpolantKind) throws {
    let probe = try trainedProbe(interpolant: kind)
    let hessian = probe.curvature(.hessian)
    let dense = try hessian.dense()
    let n = hessian.dimension
    let spectrum = try DenseSymmetricEigensystem(dense.entries, size: n).eigenvalues
    let pairs = try lanczos(hessian, .bothEnds(largest: 5, smallest: 2))
    let expected = Array(spectrum.suffix(5).reversed()) + [spectrum[1], spectrum[0]]
    #expect(pairs.isConverged)
    for (found, truth) in zip(pairs.eigenvalues, expected) {
      #expect(abs(found - truth) < 1e-6 * abs(truth))
    }

    let density = try spectralDensity(hessian, probes: 12, steps: 24)
    #expect(abs(density.moment(0).value - 1) < 1e-12)
    for power in 1...3 {
      let truth =
        spectrum.reduce(0) { sum, value in
          sum + (0..<power).reduce(1.0) { product, _ in product * value }
        } / Double(n)
      let moment = density.moment(power)
      #expect(abs(moment.value - truth) < 4 * moment.standardError)
    }

    let trace = (0..<n).reduce(0) { $0 + dense.entries[$1 * n + $1] }
    let hutchinson = try hutchinsonTrace(hessian, probes: 60).trace
    #expect(abs(hutchinson.value - trace) < 4 * hutchinson.standardError)
    let sharper = try xTrace(hessian, testVectors: 20).trace
    #expect(abs(sharper.value - trace) < 5 * sharper.standardError)
    #expect(sharper.standardError < hutchinson.standardError)
  }

  @Test(
    "a curvature of selected parameters is that block of the matrix", arguments: Curvature.allCases)
  func block(curvature: Curvature) throws {
    let probe = try trainedProbe(interpolant: .linear)
    let layout = probe.configuration.network.layout
    let selection = try ParameterSelection(["layer0.bias", "layer1"], of: layout)
    let places = selection.ranges.flatMap { Array($0) }
    #expect(places.count == selection.count && places.count < layout.count)
    let whole = try probe.curvature(curvature).dense()
    let operation = probe.curvature(curvature, of: selection)
    let block = try operation.dense()
    let transposed = try TransposedOperator(operation).dense()
    for (i, row) in places.enumerated() {
      for (j, column) in places.enumerated() {
        let expected = whole.entries[row * layout.count + column]
        #expect(block.entries[i * places.count + j] == expected)
        #expect(abs(transposed.entries[j * places.count + i] - expected) < 1e-10)
      }
    }
  }

  @Test(
    "Arnoldi finds the dense eigenvalues of the update field, which are not the Hessian's",
    arguments: InterpolantKind.allCases)
  func updateField(kind: InterpolantKind) throws {
    let probe = try trainedProbe(interpolant: kind)
    let field = probe.curvature(.updateFieldJacobian)
    #expect(!field.isSymmetric)
    let dense = try field.dense()
    let spectrum = try DenseEigensystem(dense.entries, size: field.dimension).eigenvalues
      .sorted { $0.magnitude > $1.magnitude }
    let found = try arnoldi(field, count: 4, order: .largestMagnitude)
    #expect(found.isConverged)
    for value in found.eigenvalues {
      let distance = spectrum.map { truth in
        ComplexNumber(truth.real - value.real, truth.imaginary - value.imaginary).magnitude
      }.min()
      #expect(try #require(distance) < 1e-6 * value.magnitude)
    }
    #expect(abs(found.eigenvalues[0].magnitude - spectrum[0].magnitude) < 1e-6)
    let hessian = try probe.curvature(.hessian).dense()
    #expect(relativeDistance(dense.entries, hessian.entries) > 1e-2)
  }

  @Test(
    "the Jacobian of the update field is the difference quotient of the gradient, and its transpose that",
    arguments: [
      Objective.improvedSelfDistillation, .eulerianSelfDistillation, .lagrangianSelfDistillation,
      .directFull,
    ])
  func differences(objective: Objective) throws {
    let probe = try trainedProbe(objective, steps: 40)
    let field = probe.curvature(.updateFieldJacobian)
    let (u, v) = (
      randomVector(probe.dimension, seed: 1), randomVector(probe.dimension, seed: 2)
    )
    let product = try field.applied(to: v)
    #expect(relativeDistance(product, try fieldDifference(probe, along: v)) < 1e-7)
    let transposed = try TransposedOperator(field).applied(to: u)
    #expect(abs(inner(u, product) - inner(transposed, v)) < 1e-11 * abs(inner(u, product)))
    let hessian = try probe.curvature(.hessian).applied(to: v)
    // Without a stop-gradient the two are one.
    if objective == .directFull {
      #expect(relativeDistance(hessian, product) < 1e-12)
    } else {
      #expect(relativeDistance(hessian, product) > 1e-3)
    }
  }

  @Test("the Gauss-Newton matrix of flow matching is the mean square of the change of F")
  func gaussNewton() throws {
    let probe = try trainedProbe(.flowMatching, steps: 40)
    let v = randomVector(probe.dimension, seed: 5)
    let network = probe.configuration.network
    let path = probe.configuration.interpolant.interpolant
    let pool = WorkerPool(threads: 1)
    let change = Executable<Double>(rows: probe.batch.rows, pool: pool) { rows in
      let (parameters, direction) = (
        network.layout.tensors(), network.layout.tensors(prefix: "direction")
      )
      let sample = TrainingSample.inputs(rows: rows, dimension: 2, interpolant: path)
      let map = FlowMap(interpolant: path, network: network, parameters: parameters)
      let change = derivative(
        of: [map.velocity(sample.noisy, at: sample.time)],
        along: zip(parameters.tensors, direction.tensors))[0]
      return Program(
        rows: rows, inputs: sample.declarations + parameters.inputs + direction.inputs,
        outputs: [("change", .mean, mean(squaredNorm(change)))])
    }
    let sampler = BatchSampler<Double>(
      probe.configuration, source: try MixturePreset.four.mixture(),
      rows: probe.batch.rows, seed: probe.batch.seed, pool: pool)
    sampler.draw(step: 0)
    sampler.bind(to: change)
    change.bind(inputs: network.layout, prefix: "parameters", to: Buffer(probe.parameters))
    change.bind(inputs: network.layout, prefix: "direction", to: Buffer(v))
    try change.run()
    // The loss is a mean over two coordinates of squares.
    let truth = change.output("change").values[0]
    let product = try probe.curvature(.gaussNewton).applied(to: v)
    #expect(abs(inner(v, product) - truth) < 1e-12 * truth)
  }

  @Test(
    "the Gauss-Newton matrix is positive semi-definite, and not the Hessian",
    arguments: [Weighting.none, .adaptive()])
  func gaussNewtonSign(weighting: Weighting) throws {
    let probe = try trainedProbe(weighting: weighting, steps: 60)
    let matrix = try probe.curvature(.gaussNewton).dense()
    let values = try DenseSymmetricEigensystem(matrix.entries, size: matrix.dimension).eigenvalues
    #expect(values[0] > -1e-12 * (values.last ?? 0) && (values.last ?? 0) > 0)
    let hessian = try probe.curvature(.hessian).dense()
    #expect(relativeDistance(matrix.entries, hessian.entries) > 1e-3)
  }

  @Test("a product allocates nothing", .enabled(if: toylab_counts_exist() != 0))
  func allocations() throws {
    let probe = try trainedProbe(steps: 1, rows: 33)
    let hessian = probe.curvature(.hessian)
    let vector = randomVector(hessian.dimension, seed: 3)
    var result = vector
    try vector.withUnsafeBufferPointer { vector in
      try result.withUnsafeMutableBufferPointer { result in
        for _ in 0..<3 { try hessian.apply(vector, into: result) }
        let before = toylab_counts_now().allocations
        for _ in 0..<100 { try hessian.apply(vector, into: result) }
        #expect(toylab_counts_now().allocations - before == 0)
      }
    }
  }
}
