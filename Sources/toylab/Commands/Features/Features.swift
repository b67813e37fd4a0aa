// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Console
import DataSources
import Engines
import Files
import Foundation
import Measures
import Networks
import Training

/// `toylab features`
struct Features: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the networks in whose features images are measured.",
    subcommands: [FeaturesTrain.self])
}

/// `toylab features train`
struct FeaturesTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a small classifier of images, whose features toylab measure can use.",
    discussion: """
      A convolutional network (about 300,000 parameters) learns the classes of the part to train on, its images \
      moved by a pixel and mirrored at random, and is tried on the part held out. Its 64 numbers before the last \
      layer are the features. The file holds them in bfloat16 with what is known of the training.

      The classifiers that come with toylab (93.2 and 91.3 % right on the 10,000 held-out images) are those of

        toylab features train --data fashion-mnist --steps 10000 --out fashion-mnist-28.safetensors
        toylab features train --data fashion-mnist --shrink 2 --steps 9000 --out fashion-mnist-14.safetensors
      """)

  @Option(
    help: ArgumentHelp(
      "Images with labels: fashion-mnist or cifar-10, a folder or a file, as of toylab train.",
      valueName: "name|path"))
  var data: String

  @Option(help: ArgumentHelp("The file to write, .safetensors.", valueName: "file"))
  var out: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Make images smaller by this factor, each square of pixels becoming its mean.",
      valueName: "factor"))
  var shrink = 1

  @Option(parsing: .unconditional, help: "Updates, of 128 images each, 1 to 1000000.")
  var steps = 5000

  @Option(parsing: .unconditional, help: "Seed of everything random, 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    try requireProbe("--steps", steps, in: 1...1_000_000)
  }

  func run() throws {
    try checkPlace(of: out, option: "--out")
    let found = try ImageRequest(data: data, shrink: shrink).read()
    guard let source = found.source as? ImageSource, source.classCount >= 2,
      source.pointShape[1] == source.pointShape[2], source.pointShape[1].isMultiple(of: 2)
    else {
      throw NoClassesError(data: data, shape: found.source.pointShape)
    }
    let classifier = ClassifierTraining(
      imageSize: source.pointShape[1], channels: source.pointShape[0],
      classCount: source.classCount, steps: steps, seed: seed)
    let pool = WorkerPool(threads: threads.count)
    let progress = ProgressLine(label: "train", total: steps)
    let parameters = try classifier.train(on: source, pool: pool) { report in
      progress.update(step: report.step, metric: String(format: "loss %.4g", report.loss))
    }
    progress.finish()
    var record = [
      "data": data, "shrink": "\(shrink)", "fingerprint": found.record.fingerprint,
      "steps": "\(steps)", "batch": "\(classifier.training.batch)", "seed": "\(seed)",
      "toylab": toylabVersion,
    ]
    // What is measured is what the file holds: rounded parameters.
    try TrainedClassifier(network: classifier.network, parameters: parameters, record: record)
      .write(to: out, as: .brainFloat16)
    let rounded = try TrainedClassifier(contentsOf: out)
    let agreement = try heldOutAgreement(rounded, source, pool)
    record["heldOutAccuracy"] = "\(agreement.accuracy.value)"
    try TrainedClassifier(
      network: rounded.network, parameters: rounded.parameters, record: record
    ).write(to: out, as: .brainFloat16)
    try StandardOutput.write(text(agreement, rounded, found.record))
  }

  private func heldOutAgreement(
    _ classifier: TrainedClassifier, _ source: ImageSource, _ pool: WorkerPool
  ) throws -> ClassAgreement {
    let reader = ClassifierReader(classifier, pool: pool)
    var classes: [Int] = []
    for start in stride(from: 0, to: source.heldOut.count, by: 2048) {
      let rows = start..<min(start + 2048, source.heldOut.count)
      classes += try reader.read(source.heldOut.points(rows, in: source.units)).classes
    }
    return ClassAgreement(
      predicted: classes, wanted: source.heldOut.labels.map { Int($0) },
      classCount: source.classCount)
  }

  private func text(
    _ agreement: ClassAgreement, _ classifier: TrainedClassifier, _ record: ImageRecord
  ) -> String {
    let rows = agreement.recalls.enumerated().map { label, recall in
      [
        record.classNames.indices.contains(label) ? record.classNames[label] : "\(label)",
        recall.map { "\($0)" } ?? "none held out",
      ]
    }
    return """
      \(out): \(classifier.network.layout.count) parameters, \(classifier.network.featureCount) features
      Accuracy on \(agreement.accuracy.count) held-out images: \(agreement.accuracy)

      \(textTable(["class", "recall"], rows))

      """
  }
}

/// Images that no classifier can be trained on.
struct NoClassesError: Error, Equatable, CustomStringConvertible {
  let data: String
  let shape: [Int]

  var description: String {
    "\(data): points of shape \(shape) make no classifier; accepted are square images with an even number of "
      + "pixels along a side and labels of two classes or more"
  }
}
