// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import DataSources
public import Engines
public import LinearAlgebra
public import Measures
internal import Networks
public import Training

/// What curvature probes are made on: a checkpoint, a batch and one of its curvatures, in double precision.
public struct CurvatureProbe {
  public let subject: ProbeSubject
  public let batch: ProbeBatch
  public let loss: Double
  /// Of the gradient in the parameters that are probed.
  public let gradientNorm: Double
  public let operation: CurvatureOperator<Double>

  /// - Parameters:
  ///   - place: names the parameters in an error: the file they come from.
  ///   - layers: names of the parameters that are probed, see ``ParameterSelection``; none for all.
  /// - Throws: ``ProbeError`` if the loss or its gradient is not finite at the parameters, `ConfigurationError` for a
  ///   name that stands for none.
  public init(
    _ probe: LossProbe<Double>, of subject: ProbeSubject, at place: String, curvature: Curvature,
    layers: [String] = []
  ) throws {
    let layout = probe.configuration.network.layout
    let selection =
      layers.isEmpty
      ? ParameterSelection(all: layout) : try ParameterSelection(layers, of: layout)
    let (loss, whole) = try probe.lossAndGradient()
    let gradient = selection.part(of: whole)
    gradientNorm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard loss.isFinite && gradientNorm.isFinite else {
      throw ProbeError.notFinite(
        quantity: loss.isFinite ? "the gradient" : "the loss", subject: place)
    }
    var subject = subject
    if !layers.isEmpty {
      subject.selection = ProbeSubject.Selection(names: layers, count: selection.count)
    }
    self.subject = subject
    self.loss = loss
    batch = probe.batch
    operation = probe.curvature(curvature, of: selection)
  }
}

/// Extreme eigenvalues of a curvature.
public struct EigenvalueReport: Sendable, Equatable, Codable {
  public struct Entry: Sendable, Equatable, Codable {
    public let eigenvalue: ComplexNumber
    /// `‖A u − θ u‖` of the unit eigenvector.
    public let residual: Double
  }

  public let subject: ProbeSubject
  public let batch: ProbeBatch
  public let curvature: Curvature
  public let loss: Double
  public let gradientNorm: Double
  /// From the largest eigenvalue, or real part, down.
  public let largest: [Entry]
  /// From the smallest eigenvalue, or real part, up.
  public let smallest: [Entry]
  public let isConverged: Bool
  /// Products with the curvature.
  public let applications: Int
  public let restarts: Int
  public let seed: UInt64
  public let relativeTolerance: Double

  /// By Lanczos for a symmetric curvature, by Arnoldi for the Jacobian of the update field.
  ///
  /// - Throws: `LinearAlgebraError` for more eigenvalues than parameters, or fewer than one.
  public init(
    _ probe: CurvatureProbe, largest top: Int, smallest bottom: Int, settings: KrylovSettings
  ) throws {
    guard top >= 0 && bottom >= 0 else {
      throw ProbeError.setting(
        "the number of eigenvalues", value: "\(min(top, bottom))", accepted: "at least 0")
    }
    subject = probe.subject
    batch = probe.batch
    curvature = probe.operation.curvature
    loss = probe.loss
    gradientNorm = probe.gradientNorm
    seed = settings.seed
    relativeTolerance = settings.relativeTolerance
    if curvature.isSymmetric {
      let pairs = try lanczos(
        probe.operation, .bothEnds(largest: top, smallest: bottom), settings: settings)
      let entries = zip(pairs.eigenvalues, pairs.residuals).map {
        Entry(eigenvalue: ComplexNumber($0), residual: $1)
      }
      largest = Array(entries.prefix(top))
      smallest = entries.suffix(bottom).reversed()
      isConverged = pairs.isConverged
      applications = pairs.applications
      restarts = pairs.restarts
    } else {
      func search(_ count: Int, _ order: EigenvalueOrder) throws -> Eigenpairs? {
        // Nothing to look for, unless nothing at all was asked for: then the search says so.
        guard count > 0 || top + bottom == 0 else { return nil }
        return try arnoldi(probe.operation, count: count, order: order, settings: settings)
      }
      let (high, low) = (
        try search(top, .largestRealPart), try search(bottom, .smallestRealPart)
      )
      func entries(_ pairs: Eigenpairs?) -> [Entry] {
        zip(pairs?.eigenvalues ?? [], pairs?.residuals ?? []).map {
          Entry(eigenvalue: $0, residual: $1)
        }
      }
      largest = entries(high)
      smallest = entries(low)
      let found = [high, low].compactMap { $0 }
      isConverged = found.allSatisfy(\.isConverged)
      applications = found.reduce(0) { $0 + $1.applications }
      restarts = found.reduce(0) { $0 + $1.restarts }
    }
  }
}

/// The spectral density of a symmetric curvature by stochastic Lanczos quadrature.
public struct DensityReport: Sendable, Equatable, Codable {
  public struct Point: Sendable, Equatable, Codable {
    public let eigenvalue: Double
    /// The density, per unit of eigenvalue, with its standard error over the random vectors.
    public let density: Estimate
    /// The share of eigenvalues up to here.
    public let cumulative: Estimate
  }

  public let subject: ProbeSubject
  public let batch: ProbeBatch
  public let curvature: Curvature
  public let points: [Point]
  /// The standard deviation of the Gaussians that stand for the point masses.
  public let bandwidth: Double
  /// `tr(A^k) / n` for `k = 0…3`.
  public let moments: [Estimate]
  /// The share of negative eigenvalues.
  public let negativeShare: Estimate
  public let probes: Int
  public let steps: Int
  public let applications: Int
  public let seed: UInt64

  /// - Throws: `LinearAlgebraError`, also for a curvature that is not symmetric.
  public init(
    _ probe: CurvatureProbe, probes: Int, steps: Int, seed: UInt64, pointCount: Int = 121
  ) throws {
    let density = try spectralDensity(probe.operation, probes: probes, steps: steps, seed: seed)
    let nodes = density.masses.map(\.node)
    let (low, high) = (nodes.first ?? 0, nodes.last ?? 0)
    let span = max(high - low, 1e-300)
    let width = span / 80
    subject = probe.subject
    batch = probe.batch
    curvature = probe.operation.curvature
    bandwidth = width
    points = (0..<pointCount).map { index in
      let share = Double(index) / Double(max(pointCount - 1, 1))
      let value = low - 4 * width + share * (span + 8 * width)
      return Point(
        eigenvalue: value, density: density.density(at: value, bandwidth: width),
        cumulative: density.cumulative(at: value))
    }
    moments = (0...3).map { density.moment($0) }
    negativeShare = density.cumulative(at: -1e-12 * max(abs(low), abs(high)))
    self.probes = probes
    self.steps = steps
    applications = density.applications
    self.seed = seed
  }
}

/// The trace of a curvature.
public struct TraceReport: Sendable, Equatable, Codable {
  public enum Method: String, CaseIterable, Sendable, Codable {
    /// Girard and Hutchinson: unbiased, one product a sample.
    case hutchinson
    /// XTrace: two products a test vector, far smaller errors for decaying spectra.
    case xTrace
  }

  public let subject: ProbeSubject
  public let batch: ProbeBatch
  public let curvature: Curvature
  public let method: Method
  public let trace: Estimate
  /// The trace divided by the number of parameters: the mean eigenvalue.
  public let meanEigenvalue: Estimate
  public let applications: Int
  public let seed: UInt64

  /// - Parameter samples: random vectors.
  /// - Throws: `LinearAlgebraError` for too few, or too many.
  public init(_ probe: CurvatureProbe, method: Method, samples: Int, seed: UInt64) throws {
    let estimate: TraceEstimate
    switch method {
    case .hutchinson:
      estimate = try hutchinsonTrace(probe.operation, probes: samples, seed: seed)
    case .xTrace:
      estimate = try xTrace(probe.operation, testVectors: samples, seed: seed)
    }
    subject = probe.subject
    batch = probe.batch
    curvature = probe.operation.curvature
    self.method = method
    trace = estimate.trace
    let count = Double(probe.operation.dimension)
    meanEigenvalue = Estimate(
      value: trace.value / count, standardError: trace.standardError / count, count: trace.count)
    applications = estimate.applications
    self.seed = seed
  }
}
