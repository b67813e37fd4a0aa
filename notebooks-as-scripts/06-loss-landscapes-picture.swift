// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Engines
import FlowMaps
import Foundation
import GroundTruth
import LinearAlgebra
import Networks
import Plotting
import Probing
import Training

// The picture of figure 6, drawn from its data alone.

extension LossLandscapes {
  struct Picture: Codable {
    let target: String
    let steps: Int
    let seed: UInt64
    /// iSD with s = 0 and with relaxed times, then the direct loss and that of iSD on one plane.
    let landscapes: [LandscapePicture]
    /// Of the three planes.
    let captions: [String]
  }
}

extension LossLandscapes.Experiment {
  func picture(_ runs: [LossLandscapes.Run]) throws -> LossLandscapes.Picture {
    let pool = WorkerPool(threads: session.threads)
    func first(_ method: Method) -> LossLandscapes.Run {
      guard let run = runs.first(where: { $0.method == method.name }) else {
        preconditionFailure("no run of \(method.name)")
      }
      return run
    }
    let (zero, relaxed) = (first(LossLandscapes.atZero), first(LossLandscapes.relaxed))
    let direct = first(.direct)
    let own = try [zero, relaxed].map { run -> Landscape in
      let probe = LossProbe<Double>(run.configuration, source: target, batch: batch, pool: pool)
      probe.parameters = run.end
      let plane = try LandscapePlane.eigenvectors(
        of: probe.curvature(.hessian), center: run.end,
        settings: KrylovSettings(relativeTolerance: 1e-5))
      return try landscape(run, plane, radius: 0.6, [run], pool)
    }
    let start = direct.path.first?.parameters ?? []
    let plane = try LandscapePlane.through(direct.end, relaxed.end, start)
    let ways = [direct, relaxed]
    let reach = ways.map {
      ProjectedPath(plain($0.method), path: $0.path, on: plane.plane).extent
    }.max()
    let shared = try ways.map {
      try landscape($0, plane, radius: 1.35 * (reach ?? 1), ways, pool)
    }
    let range = LandscapePicture.range(of: own)
    // The basins, not the slopes far outside them.
    func basin(_ landscape: Landscape) -> ClosedRange<Double> {
      let all = LandscapePicture.range(of: [landscape])
      return all.lowerBound...min(all.upperBound, 8 * all.lowerBound)
    }
    let colors = Dictionary(
      uniqueKeysWithValues: LossLandscapes.methods.map { ($0.name, $0.color) })
    func shown(
      _ landscape: Landscape, _ title: String, _ runs: [LossLandscapes.Run],
      _ range: ClosedRange<Double>
    ) -> LandscapePicture {
      LandscapePicture(
        landscape, title: title, colors: runs.compactMap { colors[$0.method] }, range: range)
    }
    return LossLandscapes.Picture(
      target: target.name, steps: steps, seed: session.seed,
      landscapes: [
        shown(own[0], "loss of iSD, $s$ = 0", [zero], range),
        shown(own[1], "loss of iSD, $s$ < $t$", [relaxed], range),
        shown(shared[0], "direct loss", ways, basin(shared[0])),
        shown(shared[1], "loss of iSD, $s$ < $t$", ways, basin(shared[1])),
      ], captions: (own + [shared[0]]).map { landscapeCaption($0.settings, paths: $0.paths) })
  }

  private func landscape(
    _ run: LossLandscapes.Run, _ plane: LandscapePlane, radius: Double,
    _ ways: [LossLandscapes.Run], _ pool: WorkerPool
  ) throws -> Landscape {
    let settings = try LandscapeSettings(
      subject: ProbeSubject(
        run: "", step: steps, target: target.name, configuration: run.configuration), batch: batch,
      precision: session.precision, plane: plane, radius: radius, side: side)
    let paths = ways.map { ProjectedPath($0.method, path: $0.path, on: plane.plane) }
    let progress = ProgressLine(label: "landscape of \(plain(run.method))", total: side)
    defer { progress.finish() }
    func compute<Scalar: TrainingScalar>(_ type: Scalar.Type) throws -> Landscape {
      try Landscape.compute(
        settings, plane: plane.plane,
        probe: LossProbe<Scalar>(run.configuration, source: target, batch: batch, pool: pool),
        paths: paths, onRow: { progress.update(step: $0, metric: "") })
    }
    return try compute(session.precision.scalarType)
  }
}

extension LossLandscapes {
  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: "Loss landscapes on \"\(data.target)\"",
      grids: [
        PanelGrid(
          rows: [data.landscapes.map(\.surface), data.landscapes.map { $0.contours("loss") }],
          spacing: 10)
      ], caption: caption(data))
  }

  private static func caption(_ data: Picture) -> String {
    """
    Perceptron 3 × 64 with SiLU, linear interpolant, batch 256, \(data.steps) steps of Adam, seed \
    \(data.seed). Logarithmic heights and colours; (a, b, e, f) share their scale; the others end \
    at eight times the lowest loss; stopped targets move with the \
    parameters. Lines: ways of training, dots: parameters kept, large dot: end. \
    (a, e) \(data.captions[0]) (b, f) \(data.captions[1]) (c, d, g, h) \(data.captions[2]) \
    Remake with: swift run toylab figure6
    """
  }
}
