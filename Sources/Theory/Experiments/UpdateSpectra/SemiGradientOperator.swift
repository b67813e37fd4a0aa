// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import Interpolants
public import LinearAlgebra

/// The linearised update of iSD, directSemi and eulerianSemi on one trajectory.
///
/// Near the exact map write `F = F* + ψ`. The residual is affine in `F`:
/// `D_{v*} f = −(A'ψ + A Dψ)/ν = −D(Aψ)/ν`, with `D = ∂_t + v*·∇`. In `‖F − sg(F + D_w f)‖²` the gradient
/// reaches the first `F` alone, so gradient descent in `L²(p_t dx dt)` with a fixed teacher reads
/// `dψ/dτ = 2 D_w f = −(2/ν) Lψ`, `Lψ = D(Aψ)`. For directSemi `w = v_c` and the mean over `v_c` given
/// `x_t` is the same, because `D_w f` is affine in `w`.
///
/// Label a trajectory by any of its points: `D` becomes `d/dt` and `p_t dx` a measure that does not depend
/// on `t` (the continuity equation). `L²(p_t dx dt)` is thus a direct integral of `L²(s,T)`, and `L` acts on
/// each trajectory as the same operator `ℓφ = (Aφ)'`. Nothing below depends on the data.
///
/// With `y = ∫_t^T dt/A` and `φ = A^{−1/2} h`, an isometry onto `L²(0,∞)`, it is `ℓ ≅ ½A' − d/dy`: errors
/// move from the diagonal (`y = ∞`) towards `t = T` (`y = 0`) and leave there, decaying with `½A'`, which
/// tends to `½ν` at the diagonal. There is no boundary condition: at `t = T` nothing enters, and a square
/// integrable `φ` has `Aφ → 0` at `t = s` by itself.
public struct SemiGradientOperator: Sendable {
  public let interpolant: InterpolantKind
  /// `s`
  public let endTime: Double

  /// - Precondition: `0 ≤ s < T`.
  public init(_ interpolant: InterpolantKind, endTime: Double = 0) {
    precondition(
      endTime >= 0 && endTime < interpolant.interpolant.endTime,
      "an end time lies in [0, \(interpolant.interpolant.endTime)), not \(endTime)")
    self.interpolant = interpolant
    self.endTime = endTime
  }

  /// `T − s`
  public var duration: Double { interpolant.interpolant.endTime - endTime }

  /// `A'` at `t = T`, where it is smallest: twice the bound on the field of values.
  public var smallestRate: Double { rate(elapsed: duration) }

  /// `A'(t,s)` for `t − s = elapsed`.
  func rate(elapsed: Double) -> Double {
    let dual = interpolant.interpolant.separation(
      from: Dual(endTime + elapsed, rate: 1), to: Dual(endTime, rate: 0))
    return dual.rate
  }

  func separation(elapsed: Double) -> Double {
    interpolant.interpolant.separation(from: endTime + elapsed, to: endTime)
  }

  /// `t − s` at `y = ∫_t^T dt/A`: `(T−s) e^{−y}` where `A = t − s`, and `2 arctan(e^{−y} tan((T−s)/2))` where
  /// `A = sin(t − s)`.
  func elapsed(depth y: Double) -> Double {
    switch interpolant {
    case .linear: return duration * exp(-y)
    case .trigonometric: return 2 * atan(exp(-y) * tan(duration / 2))
    }
  }

  /// On equal cells in `t`, the resolution of a network with one scale everywhere.
  public func matrix(equalCells cells: Int) throws -> DenseMatrix {
    let hats = HatFunctions(from: 0, to: duration, cells: cells)
    let form =
      hats.form(.value, .value, weight: hats.points.map(rate))
      + hats.form(.value, .slope, weight: hats.points.map(separation))
    return try orthonormalized(form, mass: hats.form(.value, .value))
  }

  /// On cells equal in `y`, that is graded towards the diagonal down to `t − s = (T−s) e^{−depth}`, with
  /// `h = 0` beyond.
  ///
  /// - Parameter cells: cells a unit of `y`.
  public func matrix(depth: Double, cellsPerUnit cells: Int) throws -> DenseMatrix {
    let hats = HatFunctions(from: 0, to: depth, cells: Int(depth * Double(cells)))
    let form =
      0.5 * hats.form(.value, .value, weight: hats.points.map { rate(elapsed: elapsed(depth: $0)) })
      - hats.form(.value, .slope)
    let inner = 0..<hats.cells
    return try orthonormalized(
      form.part(rows: inner, columns: inner),
      mass: hats.form(.value, .value).part(rows: inner, columns: inner))
  }

  /// `1/‖L⁻¹‖` among hat functions of `y` up to a depth: the root of the least `‖Lφ‖²/‖φ‖²`. The singular
  /// values of ``matrix(depth:cellsPerUnit:)`` would not do: projected back, the derivative of a saw-tooth
  /// vanishes.
  public func smallestStretch(depth: Double, cellsPerUnit cells: Int) throws -> Double {
    let hats = HatFunctions(from: 0, to: depth, cells: Int(depth * Double(cells)))
    let halfRates = hats.points.map { 0.5 * rate(elapsed: elapsed(depth: $0)) }
    let mixed = hats.form(.value, .slope, weight: halfRates)
    let form =
      hats.form(.value, .value, weight: halfRates.map { $0 * $0 }) - mixed - mixed.transposed
      + hats.form(.slope, .slope)
    let inner = 0..<hats.cells
    let matrix = try orthonormalized(
      form.part(rows: inner, columns: inner),
      mass: hats.form(.value, .value).part(rows: inner, columns: inner))
    return (try matrix.symmetricPart.symmetricEigenvalues().first ?? .nan).squareRoot()
  }

  /// ``smallestStretch(depth:cellsPerUnit:)`` on `[0, depth]` for the linear interpolant, where `ℓ*ℓ = ¼ − d²/dy²` with
  /// `h' = ½h` at `y = 0`: `√(¼ + κ²)` with the least `κ` of `tan(κ·depth) = −2κ`. It falls to ½ like
  /// `1/depth²`, so that `‖L⁻¹‖ = 2`.
  public static func exactLinearStretch(depth: Double) -> Double {
    var (low, high) = (Double.pi / 2 / depth, Double.pi / depth)
    for _ in 0..<100 {
      let middle = 0.5 * (low + high)
      let residual = sin(middle * depth) + 2 * middle * cos(middle * depth)
      if residual > 0 { low = middle } else { high = middle }
    }
    return (0.25 + low * low).squareRoot()
  }
}

// MARK: - Transient behaviour

extension SemiGradientOperator {
  /// `‖e^{−τL}‖`, exactly: errors are carried along `dt/dτ = A(t,s)`, which gives
  /// `(e^{−τL}φ)(t) = A(θ) φ(θ) / A(t)` with `θ` the point from which `τ` leads to `t`, and
  /// `‖e^{−τL}‖² = max_t A(θ)/A(t)`, reached at `t = T`.
  ///
  /// Linear: `e^{−τ/2}`. Trigonometric with `s = 0`: `(cosh τ)^{−1/2}`.
  public func exactNorm(after time: Double) -> Double {
    (separation(elapsed: elapsed(depth: time)) / separation(elapsed: duration)).squareRoot()
  }

  /// `‖e^{−τL}h‖/‖h‖` of a Gaussian bump in `y` that `τ` carries to the middle of its way out, by the implicit
  /// midpoint rule on the Galerkin matrix, and what the exact formula gives for the same bump.
  public func bumpDecay(
    after time: Double, width: Double = 0.25, cellsPerUnit: Int = 24
  ) throws -> (measured: Double, predicted: Double) {
    let depth = (time + 8 * width + 1).rounded(.up)
    let cells = Int(depth) * cellsPerUnit
    let spacing = depth / Double(cells)
    let centre = time + 3 * width
    func bump(_ y: Double) -> Double { exp(-(y - centre) * (y - centre) / (2 * width * width)) }
    let generator = try matrix(depth: depth, cellsPerUnit: cellsPerUnit)
    let mass = HatFunctions(from: 0, to: depth, cells: cells).form(.value, .value)
      .part(rows: 0..<cells, columns: 0..<cells)
    let root = try mass.inverseSquareRoot()
    // Coordinates in the orthonormal basis: M^{1/2} c, with c the values at the nodes.
    var values = DenseMatrix(rows: cells, columns: 1)
    for node in 0..<cells { values[node, 0] = bump(Double(node) * spacing) }
    var state = try root.solved(values)
    let start = norm(state)
    let steps = max(1, Int((2 * time * Double(cellsPerUnit)).rounded()))
    let half = 0.5 * time / Double(steps)
    let one = DenseMatrix.identity(cells)
    let step = try (one + half * generator).solved(one - half * generator)
    for _ in 0..<steps { state = step * state }
    // ∫ h0(y+τ)² A(y+τ)/A(y) dy by the trapezium rule, accurate beyond need for a Gaussian.
    var (squared, total) = (0.0, 0.0)
    for node in 0..<8 * cells {
      let y = Double(node) * spacing / 8
      let ratio =
        separation(elapsed: elapsed(depth: y + time)) / separation(elapsed: elapsed(depth: y))
      squared += (node == 0 ? 0.5 : 1) * bump(y + time) * bump(y + time) * ratio
      total += (node == 0 ? 0.5 : 1) * bump(y) * bump(y)
    }
    return (norm(state) / start, (squared / total).squareRoot())
  }

  private func norm(_ vector: DenseMatrix) -> Double {
    vector.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
