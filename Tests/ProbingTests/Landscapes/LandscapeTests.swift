// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import FlowMaps
import Foundation
import GroundTruth
import LinearAlgebra
import Networks
import Probing
import Runs
import Tensors
import TestSupport
import Testing
import Training

@Suite struct LandscapeTests {
  private func settings(
    _ probe: LossProbe<Double>, _ plane: LandscapePlane, radius: Double = 0.5, side: Int = 7
  ) throws -> LandscapeSettings {
    try LandscapeSettings(
      subject: ProbeSubject(
        run: "run", step: 300, target: "four", configuration: probe.configuration),
      batch: probe.batch, precision: .float64, plane: plane, radius: radius, side: side)
  }

  @Test("the centre is the loss of the parameters, and the curvature about it the eigenvalues")
  func center() throws {
    let probe = try trainedProbe(.directFull)
    let plane = try LandscapePlane.eigenvectors(
      of: probe.curvature(.hessian), center: probe.parameters, settings: KrylovSettings())
    let radius = 1e-3
    let landscape = try Landscape.compute(
      try settings(probe, plane, radius: radius, side: 3), plane: plane.plane, probe: probe)
    let rows = landscape.rows
    #expect(rows[1][1] == (try probe.loss()))
    let along = [
      (rows[1][0] - 2 * rows[1][1] + rows[1][2]) / (radius * radius),
      (rows[0][1] - 2 * rows[1][1] + rows[2][1]) / (radius * radius),
    ]
    for (found, eigenvalue) in zip(along, plane.origin.eigenvalues) {
      #expect(abs(found - eigenvalue) < 1e-3 * eigenvalue)
    }
  }

  @Test("stopped after any row and continued, a landscape is the same file")
  func restart() throws {
    let probe = try trainedProbe(steps: 20, rows: 32)
    let plane = try LandscapePlane.random(center: probe.parameters, seed: 1)
    let settings = try settings(probe, plane)
    let path = ProjectedPath("run", path: [(0, probe.parameters)], on: plane.plane)
    try withTemporaryFolder { folder in
      func compute(_ name: String, rows: Int) throws -> Landscape {
        var made = 0
        return try Landscape.compute(
          settings, plane: plane.plane, probe: probe, paths: [path], file: "\(folder)/\(name)",
          onRow: { _ in made += 1 }, shouldStop: { made > rows })
      }
      let whole = try compute("whole", rows: 100)
      for rows in 1...6 {
        let name = "part\(rows)"
        #expect(try compute(name, rows: rows).rows.count == rows)
        // What a process killed in the middle of a write leaves beside the file.
        try Data("{".utf8).write(to: URL(filePath: "\(folder)/.\(name).1234.partial"))
        #expect(try compute(name, rows: 100) == whole)
        #expect(text(at: "\(folder)/\(name)") == text(at: "\(folder)/whole"))
      }
      #expect(try Landscape(contentsOf: "\(folder)/whole") == whole)
    }
  }

  @Test("a file with another landscape, or with none, is refused and kept")
  func otherFile() throws {
    let probe = try trainedProbe(steps: 20, rows: 32)
    let plane = try LandscapePlane.random(center: probe.parameters, seed: 1)
    let other = try LandscapePlane.random(center: probe.parameters, seed: 2)
    try withTemporaryFolder { folder in
      let file = "\(folder)/landscape.json"
      _ = try Landscape.compute(
        try settings(probe, plane, side: 2), plane: plane.plane, probe: probe, file: file)
      let before = text(at: file)
      for changed in [
        try settings(probe, plane, radius: 0.6, side: 2), try settings(probe, plane, side: 3),
        try settings(probe, other, side: 2),
      ] {
        #expect(throws: ProbeError.landscapeExists(path: file)) {
          try Landscape.compute(changed, plane: plane.plane, probe: probe, file: file)
        }
      }
      #expect(text(at: file) == before)
      try Data("[]".utf8).write(to: URL(filePath: file))
      #expect(throws: ProbeError.self) { try Landscape(contentsOf: file) }
    }
  }

  @Test("losses that are not finite survive a file")
  func notFinite() throws {
    let probe = try trainedProbe(steps: 20, rows: 32)
    let plane = try LandscapePlane.random(center: probe.parameters, seed: 1)
    try withTemporaryFolder { folder in
      let file = "\(folder)/landscape.json"
      let landscape = try Landscape.compute(
        try settings(probe, plane, radius: 1e200, side: 3), plane: plane.plane, probe: probe,
        file: file)
      #expect(landscape.values.contains { !$0.isFinite })
      #expect(landscape.values.contains { $0.isFinite })
      let read = try Landscape(contentsOf: file)
      #expect(zip(read.values, landscape.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
    }
  }

  @Test("a radius or side that spans nothing is refused")
  func badSettings() throws {
    let probe = try trainedProbe(steps: 1, rows: 32)
    let plane = try LandscapePlane.random(center: probe.parameters, seed: 1)
    for radius in [0, -1, .infinity, .nan] {
      #expect(throws: ProbeError.self) { try settings(probe, plane, radius: radius) }
    }
    #expect(throws: ProbeError.self) { try settings(probe, plane, side: 1) }
  }

  @Test("planes through runs hold them; points on a line span none")
  func planes() throws {
    let (a, b, c) = (randomVector(9, seed: 1), randomVector(9, seed: 2), randomVector(9, seed: 3))
    let plane = try LandscapePlane.through(a, b, c).plane
    for point in [a, b, c] { #expect(plane.projection(of: point).distance < 1e-12) }
    let line = zip(a, b).map { 3 * $0 - 2 * $1 }
    #expect(throws: PlaneError.self) { try LandscapePlane.through(a, b, line) }
    #expect(throws: PlaneError.self) { try LandscapePlane.path([a, b, line]) }
  }

  @Test("filter-normalised axes give every unit's weights the length of the network's")
  func filters() throws {
    let network = MultilayerPerceptron(width: 5, depth: 2)
    let center = randomVector(network.layout.count, seed: 4)
    let plane = try LandscapePlane.filterNormalized(
      center: center, layout: network.layout, seed: 8
    ).plane
    // The first axis is not touched by the orthogonalisation.
    let axis = plane.axes[0].map { $0 * plane.unitLengths[0] }
    for entry in network.layout.entries {
      guard entry.name.hasSuffix("weight") else {
        for index in 0..<entry.shape.count { #expect(axis[entry.offset + index] == 0) }
        continue
      }
      let (inputs, outputs) = (entry.shape[0], entry.shape[1])
      for unit in 0..<outputs {
        func length(_ vector: [Double]) -> Double {
          (0..<inputs).reduce(0) { sum, row in
            let value = vector[entry.offset + row * outputs + unit]
            return sum + value * value
          }.squareRoot()
        }
        #expect(abs(length(axis) - length(center)) < 1e-12 * length(center))
      }
    }
  }
}
