// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// What the numbers of a ``RandomStream`` are for: every purpose of the laboratory, in one place.
///
/// The text of a purpose keys its stream, so that changing it changes every number drawn for it. No two purposes
/// may share a text, which would share their numbers; the compiler refuses it.
public enum StreamPurpose: String, CaseIterable, Sendable {
  // Training.
  case initialParameters = "initial parameters"
  case fourierFeatures = "Fourier features"
  case trainingData = "training data"
  case trainingNoise = "training noise"
  case trainingTimes = "training times"
  case trainingFractions = "training fractions"
  case labelDropout = "label dropout"
  case guidanceScales = "guidance scales"
  case dataOrder = "data order"
  case heldOutSplit = "held-out split"
  case imageFlips = "image flips"
  case latentNoise = "latent noise"
  case supervisedNoise = "supervised noise"
  case imageShifts = "image shifts"

  // Evaluation and sampling.
  case evaluationPointData = "evaluation clean points"
  case evaluationPointNoise = "evaluation noise in points"
  case evaluationTimes = "evaluation times"
  case evaluationNoise = "evaluation noise"
  case evaluationData = "evaluation data"
  case evaluationSecondData = "evaluation second data"
  case measurementOrder = "measurement order"
  case measuredLatentNoise = "measured latent noise"
  case evaluationDirections = "evaluation directions"
  case guidedEvaluationData = "guided evaluation data"
  case guidedEvaluationPointNoise = "guided evaluation noise in points"
  case guidedEvaluationTimes = "guided evaluation times"
  case guidedEvaluationNoise = "guided evaluation noise"
  case comparisonData = "comparison data"
  case comparisonExactSample = "comparison exact sample"
  case comparisonDirections = "comparison directions"
  case samplingNoise = "sampling noise"
  case galleryNoise = "gallery noise"
  case measureSplits = "measure splits"
  case measureDirections = "measure directions"
  case featureHalves = "feature halves"
  case featureSubsets = "feature subsets"
  case kernelSubsets = "kernel subsets"

  // Sweeps.
  case sweepDraws = "sweep draws"

  // Probes.
  case probeData = "probe data"
  case probeNoise = "probe noise"
  case landscapeDirection = "landscape direction"
  case lanczos = "Lanczos"
  case lanczosQuadrature = "Lanczos quadrature"
  case arnoldi = "Arnoldi"
  case hutchinson = "Hutchinson"
  case xTrace = "XTrace"

  // Benchmarks.
  case benchmarkDirection = "direction"
  case benchmarkData = "benchmark data"

  // The theory's checks, by number, and its experiments.
  case check1 = "check 1"
  case check2Data = "check 2 data"
  case check2Noise = "check 2 noise"
  case check2Times = "check 2 times"
  case check3Pairs = "check 3 pairs"
  case check7Pairs = "check 7 pairs"
  case check10 = "check 10"
  case check11Point = "check 11 point"
  case check11Pairs = "check 11 pairs"
  case check11Differences = "check 11 differences"
  case check13 = "check 13"
  case check13Parameters = "check 13 parameters"
  case check14Pairs = "check 14 pairs"
  case check17Mixture = "check 17 mixture"
  case check17Noise = "check 17 noise"
  case consistencyGap = "consistency gap"
  case consistencyGapNetwork = "consistency gap network"
  case errorBoundsNoise = "error bounds noise"
  case errorBoundsData = "error bounds data"
  case errorBoundsPathData = "error bounds path data"
  case errorBoundsPathNoise = "error bounds path noise"
  case errorBoundsPathTimes = "error bounds path times"
  case errorBoundsAscent = "error bounds ascent"
  case plantedPerturbations = "planted perturbations"
  case tangents = "tangents"
  case weightingPoints = "weighting points"
  case weightingDraws = "weighting draws"

  // The figures, by number.
  case figure0Points = "figure 0 points"
  case figure0Times = "figure 0 times"
  case figure0Weights = "figure 0 weights"
  case figure1Noise = "figure 1 noise"
  case figure2Pairs = "figure 2 pairs"
  case figure5Pairs = "figure 5 pairs"
  case figure9Noise = "figure 9 noise"
  case figure9Floor = "figure 9 floor"
}

extension RandomStream {
  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - purpose: what the numbers are for.
  ///   - number: which of several streams of one purpose.
  ///   - step: the training step or repetition.
  public init(seed: UInt64, purpose: StreamPurpose, number: Int? = nil, step: UInt64 = 0) {
    let suffix = number.map { " \($0)" } ?? ""
    self.init(seed: seed, purpose: purpose.rawValue + suffix, step: step)
  }
}
