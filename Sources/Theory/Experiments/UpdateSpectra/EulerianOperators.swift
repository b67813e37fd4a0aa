// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import GroundTruth
public import Interpolants
internal import LinearAlgebra

/// The linearised updates of the Eulerian objectives on `f`, on a grid of cells equal in `t` and in the
/// quantile `q` (see ``FlowCoordinates``).
///
/// Write `f = f* + η`, `η = 0` at `t = s`. The residual is `Dη`. Without any stop, `‖Dη‖²` has the form
/// `⟨Dχ, Dη⟩_p`, symmetric and not negative, with symbol `(ω + k·v)²`. ESD lets the gradient through `∂_t f`
/// alone: the form is `⟨∂_tχ, Dη⟩_p`, the operator `∂_t* D`, with symbol `ω(ω + k·v)`. Its symmetric part is
/// `‖∂_tη‖² + ⟨∂_tη, v ∂_xη⟩`, at least `−¼‖v ∂_xη‖²`; the minimum over `ω` is at `−½k·v`, so that the bound
/// is reached wherever the grid holds that frequency as well.
///
/// In `F` the same forms act on `η = −Aψ/ν`, which multiplies the symbols by `A²`.
public struct EulerianOperators: Sendable {
  public let interpolant: InterpolantKind
  public let endTime: Double
  public let timeCells: Int
  public let quantileCells: Int
  /// ESD.
  public let partlyStopped: UpdateSpectrum
  /// The full gradient. One trajectory is enough: its form does not couple them.
  public let full: UpdateSpectrum
  /// `max |V|` over the quadrature points.
  public let largestVelocity: Double
  /// `−¼ max V² · 12/h_q²`: no Galerkin eigenvalue of the symmetric part of ESD lies lower, because
  /// `‖∂_qη‖² ≤ (12/h_q²) ‖η‖²` for piecewise linear functions.
  public var lowerBound: Double {
    let cells = Double(quantileCells)
    return -3 * largestVelocity * largestVelocity * cells * cells
  }

  public init(
    _ coordinates: FlowCoordinates, endTime: Double = 0, timeCells: Int, quantileCells: Int
  ) throws {
    interpolant = coordinates.interpolant
    self.endTime = endTime
    self.timeCells = timeCells
    self.quantileCells = quantileCells
    let times = HatFunctions(
      from: endTime, to: coordinates.interpolant.interpolant.endTime, cells: timeCells)
    let quantiles = HatFunctions(from: 0, to: 1, cells: quantileCells)
    let nodes = try coordinates.nodes(times: times.points, quantiles: quantiles.points)
    largestVelocity = nodes.joined().map { abs($0.quantileVelocity) }.max() ?? .nan
    // η vanishes at t = s: the first function in t is left out.
    let inner = 1..<timeCells + 1
    let stiffness = times.form(.slope, .slope).part(rows: inner, columns: inner)
    let timeRoot = try times.form(.value, .value).part(rows: inner, columns: inner)
      .inverseSquareRoot()
    let form = Self.partlyStoppedForm(times, quantiles) { nodes[$0][$1].quantileVelocity }
    let root = DenseMatrix.kronecker(
      timeRoot, try quantiles.form(.value, .value).inverseSquareRoot())
    partlyStopped = try UpdateSpectrum(root * form * root)
    full = try UpdateSpectrum(timeRoot * stiffness * timeRoot)
  }

  /// `⟨∂_tχ, Dη⟩` with `∂_tχ = (∂_t|_q − V∂_q)χ` and `D = ∂_t|_q`, rows `χ`: nodes of `t` but the first, and within
  /// each all nodes of `q`.
  static func partlyStoppedForm(
    _ times: HatFunctions, _ quantiles: HatFunctions, velocity: (Int, Int) -> Double
  ) -> DenseMatrix {
    let inner = 1..<times.cells + 1
    let stiffness = times.form(.slope, .slope).part(rows: inner, columns: inner)
    return DenseMatrix.kronecker(stiffness, quantiles.form(.value, .value))
      - transport(times, quantiles, velocity: velocity)
  }

  /// `∫∫ V ∂_qχ ∂_tη dq dt`, rows `χ`.
  private static func transport(
    _ times: HatFunctions, _ quantiles: HatFunctions, velocity: (Int, Int) -> Double
  ) -> DenseMatrix {
    let width = quantiles.cells + 1
    let size = times.cells * width
    var matrix = DenseMatrix(rows: size, columns: size)
    func index(_ time: Int, _ quantile: Int) -> Int { (time - 1) * width + quantile }
    let area = times.cellLength * quantiles.cellLength
    for (cellT, cellQ) in product(times.cells, quantiles.cells) {
      for (pointT, pointQ) in product(3, 3) {
        let scale =
          velocity(3 * cellT + pointT, 3 * cellQ + pointQ) * area
          * HatFunctions.gauss.weights[pointT] * HatFunctions.gauss.weights[pointQ]
        for (i, j) in product(2, 2) where cellT + i > 0 {
          let test =
            times.factor(.value, side: i, point: pointT)
            * quantiles.factor(.slope, side: j, point: pointQ)
          for (k, l) in product(2, 2) where cellT + k > 0 {
            let trial =
              times.factor(.slope, side: k, point: pointT)
              * quantiles.factor(.value, side: l, point: pointQ)
            matrix[index(cellT + i, cellQ + j), index(cellT + k, cellQ + l)] += scale * test * trial
          }
        }
      }
    }
    return matrix
  }

  private static func product(_ outer: Int, _ inner: Int) -> [(Int, Int)] {
    (0..<outer).flatMap { first in (0..<inner).map { (first, $0) } }
  }
}

/// The linearised update of LSD, at `t = T`, on trajectories of a one-dimensional mixture.
///
/// With `f = f* + η`, `η = 0` at `s = t`, the residual is `∂_sη − ∇v*(f*, s) η`, and the gradient passes
/// through `∂_s f` alone: the form is `⟨∂_sχ, ∂_sη − Jη⟩` with `J(s) = ∇v*(f*(x;t,s), s)`. No derivative in
/// `x` appears, so trajectories do not couple, the symbol is `σ² + iσJ` for a frequency `σ` in `s`, and the
/// field of values lies at or above `−¼ max J²`, whatever the resolution.
public struct LagrangianOperator: Sendable {
  public let cells: Int
  public let smallestRealPart: Double
  public let smallestOfSymmetricPart: Double
  public let largestModulus: Double
  /// `max |J|` over the quadrature points.
  public let largestSlope: Double

  /// - Parameter trajectories: how many, at equally spaced quantiles.
  public init(_ coordinates: FlowCoordinates, cells: Int, trajectories: Int = 9) throws {
    precondition(trajectories > 0, "at least one trajectory is needed")
    self.cells = cells
    let hats = HatFunctions(
      from: 0, to: coordinates.interpolant.interpolant.endTime, cells: cells)
    let nodes = try coordinates.nodes(
      times: hats.points,
      quantiles: (0..<trajectories).map { (Double($0) + 0.5) / Double(trajectories) })
    let inner = 0..<cells
    let mass = hats.form(.value, .value).part(rows: inner, columns: inner)
    let spectra = try (0..<trajectories).map { trajectory in
      let slopes = nodes.map { $0[trajectory].velocitySlope }
      let form = hats.form(.slope, .slope) - hats.form(.slope, .value, weight: slopes)
      return try UpdateSpectrum(
        orthonormalized(form.part(rows: inner, columns: inner), mass: mass))
    }
    smallestRealPart = spectra.map(\.smallestRealPart).min() ?? .nan
    smallestOfSymmetricPart = spectra.map(\.smallestOfSymmetricPart).min() ?? .nan
    largestModulus = spectra.map(\.largestModulus).max() ?? .nan
    largestSlope = nodes.joined().map { abs($0.velocitySlope) }.max() ?? .nan
  }
}
