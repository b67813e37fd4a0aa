// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Measures
import Networks
import Probing
import RandomStreams
import Testing

@Suite struct ImageEvaluationTests {
  private func uniform(_ count: Int, _ dimension: Int, seed: UInt64, low: Double = -1) -> Points {
    let draws = RandomStream(seed: seed, purpose: .evaluationData)
      .uniforms(rows: count, draws: dimension)
    return Points(draws.map { low + (1 - low) * $0 }, dimension: dimension)
  }

  @Test("In given features the readings are those of the measures themselves")
  func givenFeatures() throws {
    let (left, right) = (uniform(300, 4, seed: 1, low: 0), uniform(400, 4, seed: 2))
    let evaluation = try ImageEvaluation(
      .features(right), in: .given(dimension: 4), seed: 3)
    let readings = try evaluation.readings(of: left)
    let law = try FeatureMoments(right).gaussian()
    #expect(try readings.frechet == FrechetExtrapolation(left, to: law, seed: 3).distance.value)
    #expect(try readings.kernel == kernelDistance(left, right, seed: 3))
    #expect(try readings.coverage == NeighborCoverage(left, reference: right))
    #expect(try evaluation.floor == FeatureFloor(of: right, seed: 3))
    #expect(readings.agreement == nil && readings.memorization == nil)
    #expect(
      readings.values(prefix: "steps.2/").map(\.name) == [
        "steps.2/frechet", "steps.2/frechet.standardError", "steps.2/frechetLimit",
        "steps.2/frechetLimit.standardError", "steps.2/kernelDistance",
        "steps.2/kernelDistance.standardError", "steps.2/precision",
        "steps.2/precision.standardError", "steps.2/recall", "steps.2/recall.standardError",
      ])
  }

  @Test("A law alone gives the Fréchet distance and nothing that needs samples")
  func lawAlone() throws {
    let left = uniform(300, 4, seed: 1)
    let law = try FeatureMoments(uniform(400, 4, seed: 2)).gaussian()
    let evaluation = try ImageEvaluation(.law(law), in: .given(dimension: 4), seed: 3)
    let readings = try evaluation.readings(of: left)
    #expect(readings.kernel == nil && readings.coverage == nil && evaluation.floor == nil)
    #expect(readings.frechet > 0)
    #expect(throws: FeatureError.dimensions(left: 3, right: 4)) {
      try ImageEvaluation(.law(law), in: .given(dimension: 3), seed: 3)
    }
    #expect(throws: FeatureError.self) {
      try evaluation.readings(of: uniform(4, 4, seed: 1))
    }
  }

  @Test("A classifier's features are read in blocks of any size, of images rounded to 8 bits")
  func classifierFeatures() throws {
    let network = ConvolutionalClassifier(
      imageSize: 6, channels: 1, classCount: 3, patchSize: 1, width: 4, featureCount: 5)
    let classifier = TrainedClassifier(
      network: network,
      parameters: network.initialParameters(RandomStream(seed: 1, purpose: .initialParameters)),
      record: [:])
    let pool = WorkerPool(threads: 2)
    let images = uniform(700, 36, seed: 4)
    let whole = FeatureReader(.classifier(classifier), pool: pool)
    try whole.add(images)
    let parts = FeatureReader(.classifier(classifier), pool: pool)
    for range in [0..<1, 1..<500, 500..<700] {
      try parts.add(Points(range.flatMap { images[$0] }, dimension: 36))
    }
    #expect(parts.features == whole.features)
    #expect(parts.classes == whole.classes)
    let rounded = FeatureReader(.classifier(classifier), pool: pool)
    try rounded.add(EightBits.rounded(images))
    #expect(rounded.features == whole.features)

    let evaluation = try ImageEvaluation(
      of: images, in: .classifier(classifier), heldOutDistances: [1, 2, 3], seed: 1, pool: pool)
    let readings = try evaluation.readings(
      of: whole.features, classes: whole.classes, labels: whole.classes, distances: [1, 1, 1])
    #expect(readings.agreement?.accuracy.value == 1)
    #expect(readings.memorization?.ratio == 0.5)
    #expect(abs(readings.frechet) < 1e-9)
  }

  @Test("Principal components of pixels are features")
  func pixels() throws {
    let images = uniform(300, 12, seed: 5)
    let components = try PrincipalComponents(FeatureMoments(images), count: 3)
    let reader = FeatureReader(.pixels(components), pool: WorkerPool(threads: 1))
    try reader.add(images)
    #expect(reader.features == components.features(of: EightBits.rounded(images)))
    #expect(reader.classes.isEmpty)
  }
}
