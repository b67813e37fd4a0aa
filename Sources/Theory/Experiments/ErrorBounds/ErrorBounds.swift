// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Engines
public import FlowMaps
internal import Foundation
public import GroundTruth
internal import Interpolants
public import Measures
internal import Networks
internal import RandomStreams
internal import Training

/// What bounds the error of a trained map, and the error (linear interpolant, `T = 1`).
public struct ErrorBoundReading: Sendable, Codable {
  /// The largest `‖∇F(x; t, t)‖` found, a lower bound of `L`.
  public let lipschitz: Double
  /// `∫ E‖F(x_t; t, t) − v*‖² dt`
  public let velocityError: Estimate
  /// The same as `∫ E‖F − v_c‖² − E tr Σ dt`, less ``velocityError``: zero in the mean.
  public let velocityErrorDifference: Estimate
  /// `∫ E‖∂_s f(z; T, s) − F(f; s, s)‖² ds`
  public let lagrangianResidual: Estimate
  /// `∫ E‖D_{v̂} f(x_t; t, 0)‖² dt`, `x_t` on the exact path of densities.
  public let eulerianResidual: Estimate
  /// The same with the points carried from noise by the network's own velocity.
  public let ownEulerianResidual: Estimate
  /// Largest violation of `f(z; T, 0) − z = −∫ (F(f; s, s) + r_s) ds`, `r` the Lagrangian residual.
  public let lagrangianIdentity: Double
  /// Largest violation of `f(z; T, 0) − y_0 = ∫ D_{v̂} f(y_t; t, 0) dt` along `dy/dt = F(y; t, t)`.
  public let eulerianIdentity: Double
  /// `E‖f(z; T, 0) − f*(z; T, 0)‖²`, which is at least `W₂²`.
  public let mapError: Estimate
  /// `W₂²` between one-step samples and data by exact assignment; its mean is at least the true one.
  public let squaredDistance: Double
  /// The same between the images of the same noise under both maps.
  public let pairedSquaredDistance: Double
  /// The map error over the points of ``pairedSquaredDistance`` alone.
  public let pairedMapError: Double
  /// `W₂²` between two independent samples of data.
  public let floor: Estimate
}

extension ErrorBoundReading {
  /// `2 e^{1+2L} (L_FM + L_D)`, from two uses of Grönwall's inequality.
  public var lagrangianBound: Double {
    2 * exp(1 + 2 * lipschitz) * (velocityError.value + lagrangianResidual.value)
  }
  /// `4 e^{1+2L} ε` of arXiv 2505.18825.
  public var publishedLagrangianBound: Double { 2 * lagrangianBound }
  /// `2 (L_D + e^{1+2L} L_FM)` with the residual along the network's own flow.
  public var eulerianBound: Double {
    2 * (ownEulerianResidual.value + exp(1 + 2 * lipschitz) * velocityError.value)
  }
  /// `2e (1 + e^{2L}) ε` of arXiv 2505.18825, the residual on the exact path.
  public var publishedEulerianBound: Double {
    2 * M_E * (1 + exp(2 * lipschitz)) * (velocityError.value + eulerianResidual.value)
  }
}

/// Trains a small map in the plane and measures what bounds its error.
public struct ErrorBoundExperiment: Sendable {
  public let target: GaussianMixture
  public let steps: Int
  /// Points of every mean.
  public let points: Int
  /// Points of every assignment, at most 2,000.
  public let assigned: Int
  public let seed: UInt64

  private static let network = MultilayerPerceptron(width: 64, depth: 3)

  /// - Precondition: the target lies in the plane; `16 ≤ assigned ≤ points` and `assigned ≤ 2000`.
  public init(target: GaussianMixture, steps: Int, points: Int, assigned: Int, seed: UInt64) {
    precondition(target.dimension == 2, "the target must lie in the plane")
    precondition(steps >= 1, "training needs a step")
    precondition(
      (16...2000).contains(assigned) && assigned <= points,
      "\(assigned) of \(points) points cannot be assigned")
    self.target = target
    self.steps = steps
    self.points = points
    self.assigned = assigned
    self.seed = seed
  }

  /// Two wide components, so that `L` is of order 1 and `e^{2L}` says something: N((∓0.8, 0), 0.7² I).
  public static func mildTarget() throws(MixtureError) -> GaussianMixture {
    try GaussianMixture(
      name: "mild", weights: [1, 1], means: [[-0.8, 0], [0.8, 0]], deviation: 0.7)
  }

  /// Trains with relaxed times, flow matching on three quarters of the batch (LSD on every sample is not
  /// stable on targets this wide), and measures, on one thread.
  ///
  /// - Throws: if training meets a number that is not finite.
  public func run(_ objective: Objective) throws -> ErrorBoundReading {
    let configuration = TrainingConfiguration(
      network: Self.network,
      loss: TrainingLoss(objective: objective, sharing: .diagonalFraction(0.75)), steps: steps,
      seed: seed)
    let pool = WorkerPool(threads: 1)
    let trainer = Trainer<Float>(configuration, source: target, pool: pool)
    for _ in 0..<steps { try trainer.advance() }
    return try measure(
      MapInstruments(
        network: Self.network, parameters: trainer.parameters.values,
        interpolant: LinearInterpolant(), rows: points, pool: pool))
  }

  private func measure(_ map: MapInstruments) throws -> ErrorBoundReading {
    let path = pathPoints()
    let read = try map.read(path.x, from: path.t, to: map.constant(0))
    let velocity = try map.map(path.x, from: path.t, to: path.t).velocity
    let errors = squaredNorms(zip(velocity, path.velocity).map { $0 - $1 })
    let conditional = squaredNorms(zip(velocity, path.conditional).map { $0 - $1 })
    let noise = stream(.errorBoundsNoise).normals(rows: points, draws: 2)
    let (own, lagrangian) = (
      try alongOwnFlow(map, from: noise), try alongMap(map, from: noise)
    )
    let mapped = try map.map(noise, from: map.constant(1), to: map.constant(0)).mapped
    let exact = try ExactFlowMap(
      of: target, interpolant: LinearInterpolant(), relativeTolerance: 1e-9
    ).maps(noise, from: 1, to: 0)
    let mapErrors = squaredNorms(zip(mapped, exact).map { $0 - $1 })
    func cloud(_ values: [Double]) -> Points {
      Points(Array(values.prefix(2 * assigned)), dimension: 2)
    }
    func data(_ number: Int) -> Points {
      Points(
        target.samples(count: assigned, stream: stream(.errorBoundsData).at(step: UInt64(number))),
        dimension: 2)
    }
    func squared(_ a: Points, _ b: Points) -> Double {
      let distance = wassersteinDistance(a, b)
      return distance * distance
    }
    let paired = squared(cloud(mapped), cloud(exact))
    return ErrorBoundReading(
      lipschitz: try lipschitz(map, path), velocityError: Estimate(meanOf: errors),
      velocityErrorDifference: Estimate(
        meanOf: errors.indices.map { conditional[$0] - path.scatter[$0] - errors[$0] }),
      lagrangianResidual: lagrangian.residual,
      eulerianResidual: Estimate(meanOf: squaredNorms(read.eulerian)),
      ownEulerianResidual: own.residual,
      lagrangianIdentity: largestDifference(mapped, lagrangian.end),
      eulerianIdentity: largestDifference(mapped, own.end), mapError: Estimate(meanOf: mapErrors),
      squaredDistance: squared(cloud(mapped), data(0)), pairedSquaredDistance: paired,
      pairedMapError: mapErrors.prefix(assigned).reduce(0, +) / Double(assigned),
      floor: Estimate(meanOf: (1...3).map { squared(data(2 * $0), data(2 * $0 + 1)) }))
  }

  private func stream(_ purpose: StreamPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose)
  }
}

// MARK: - Parts

extension ErrorBoundExperiment {
  private struct PathPoints {
    let x: [Double]
    let t: [Double]
    /// `v*`, `v_c` and `tr Σ`.
    let velocity: [Double]
    let conditional: [Double]
    let scatter: [Double]
  }

  /// Points `x_t` with one time in each of as many equal intervals.
  private func pathPoints() -> PathPoints {
    let interpolant = LinearInterpolant()
    let data = target.samples(count: points, stream: stream(.errorBoundsPathData))
    let noise = stream(.errorBoundsPathNoise).normals(rows: points, draws: 2)
    let u = stream(.errorBoundsPathTimes).uniforms(rows: points, draws: 1)
    let t = u.indices.map { (Double($0) + u[$0]) / Double(points) }
    var (x, velocity, conditional, scatter) = ([Double](), [Double](), [Double](), [Double]())
    for row in 0..<points {
      let (clean, z) = (Array(data[2 * row..<2 * row + 2]), Array(noise[2 * row..<2 * row + 2]))
      let point = interpolant.noisy(data: clean, noise: z, at: t[row])
      let marginal = target.marginal(at: t[row], interpolant)
      let covariance = marginal.velocityCovariance(point)
      x += point
      velocity += marginal.velocity(point)
      conditional += interpolant.conditionalVelocity(data: clean, noise: z, at: t[row])
      scatter.append(covariance[0][0] + covariance[1][1])
    }
    return PathPoints(
      x: x, t: t, velocity: velocity, conditional: conditional, scatter: scatter)
  }

  /// The search starts on the path and, for every other point, three times as far out.
  private func lipschitz(_ map: MapInstruments, _ path: PathPoints) throws -> Double {
    try map.largestSlope(
      from: path.x.indices.map { path.x[$0] * ($0 / 2 % 2 == 0 ? 1 : 3) }, times: path.t,
      rounds: 20, endTime: 1, stream: stream(.errorBoundsAscent))
  }

  private static let intervals = 64

  /// Weights of Simpson's rule on the unit interval.
  private static func simpson(_ node: Int) -> Double {
    let factor = node == 0 || node == intervals ? 1.0 : (node % 2 == 1 ? 4 : 2)
    return factor / Double(3 * intervals)
  }

  /// `∫ ‖D_{v̂} f(y_t; t, 0)‖² dt` along the network's flow from `y_1 = noise`, and
  /// `y_0 + ∫ D_{v̂} f dt`, which is `f(y_1; 1, 0)` for any network.
  private func alongOwnFlow(
    _ map: MapInstruments, from noise: [Double]
  ) throws -> (residual: Estimate, end: [Double]) {
    var y = noise
    var integral = [Double](repeating: 0, count: noise.count)
    var squares = [Double](repeating: 0, count: points)
    for node in 0...Self.intervals {
      let t = 1 - Double(node) / Double(Self.intervals)
      let residual = try map.read(y, from: map.constant(t), to: map.constant(0)).eulerian
      accumulate(residual, Self.simpson(node), &integral, &squares)
      if node < Self.intervals { y = try map.step(y, at: t, by: -1 / Double(Self.intervals)) }
    }
    return (Estimate(meanOf: squares), zip(y, integral).map { $0 + $1 })
  }

  /// `∫ ‖r_s‖² ds` of the map that starts from noise, and `z − ∫ (F(f; s, s) + r_s) ds`.
  private func alongMap(
    _ map: MapInstruments, from noise: [Double]
  ) throws -> (residual: Estimate, end: [Double]) {
    var integral = [Double](repeating: 0, count: noise.count)
    var squares = [Double](repeating: 0, count: points)
    for node in 0...Self.intervals {
      let s = Double(node) / Double(Self.intervals)
      let read = try map.read(noise, from: map.constant(1), to: map.constant(s))
      accumulate(read.lagrangian, Self.simpson(node), &integral, &squares)
      for index in integral.indices {
        integral[index] += Self.simpson(node) * read.endVelocity[index]
      }
    }
    return (Estimate(meanOf: squares), zip(noise, integral).map { $0 - $1 })
  }

  private func accumulate(
    _ residual: [Double], _ share: Double, _ integral: inout [Double], _ squares: inout [Double]
  ) {
    for index in residual.indices {
      integral[index] += share * residual[index]
      squares[index / 2] += share * residual[index] * residual[index]
    }
  }
}

private func squaredNorms(_ vectors: [Double]) -> [Double] {
  (0..<vectors.count / 2).map { (point: Int) -> Double in
    let (x, y) = (vectors[2 * point], vectors[2 * point + 1])
    return x * x + y * y
  }
}

private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
