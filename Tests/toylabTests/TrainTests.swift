// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import DataSources
import Files
import FlowMaps
import Foundation
import GroundTruth
import Interpolants
import Networks
import Runs
import TestSupport
import Testing
import Training

@testable import toylab

@Suite struct TrainTests {
  private func train(_ arguments: [String]) throws -> Train {
    try #require(try Toylab.parseAsRoot(["train", "--out", "unused"] + arguments) as? Train)
  }

  private func configuration(_ arguments: String) throws -> TrainingConfiguration {
    try train(arguments.split(separator: " ").map(String.init)).newRun().configuration
  }

  @Test("without options the settings are the defaults of a training run")
  func defaults() throws {
    let run = try train([]).newRun()
    #expect(run.configuration == TrainingConfiguration())
    #expect(run.source.mixture == (try MixturePreset.four.mixture()))
    #expect(run.checkpointInterval == 1000 && run.threads == ThreadOptions.processorCount)
  }

  @Test("every option sets what it names")
  func everyOption() throws {
    let run = try train(
      """
      --target ring8 --deviation 0.3 --objective esd --steps 30 --batch 20 --width 12 --depth 2 \
      --seed 18446744073709551615 --threads 2 --interpolant trigonometric --activation tanh \
      --time-embedding duration --times relaxed --beta 1.5 2 --diagonal-fraction 0.75 \
      --weighting adaptive --tangent difference --tangent-step 0.01 --optimizer radam \
      --learning-rate 1e-4 --schedule square-root --decay-start 9 --warm-up 4 --clip 2 \
      --average 0.9 --average 0.99 --metrics-every 3 --evaluation-points 64 --checkpoint-every 8 \
      --precision float64
      """.split(separator: " ").map(String.init)
    ).newRun()
    #expect(
      run.configuration
        == TrainingConfiguration(
          interpolant: .trigonometric,
          network: MultilayerPerceptron(
            width: 12, depth: 2, activation: .tanh, timeEmbedding: .duration),
          loss: TrainingLoss(
            objective: .eulerianSelfDistillation, sharing: .diagonalFraction(0.75),
            weighting: .adaptive(), tangent: .centralDifference(step: 0.01)),
          times: .relaxed(a: 1.5, b: 2), optimizer: .radam(),
          schedule: .squareRootDecay(from: 1e-4, start: 9, warmUpSteps: 4),
          clipping: GradientClipping(maximumNorm: 2), averageDecays: [0.9, 0.99], batch: 20,
          steps: 30, seed: .max, metricsInterval: 3, evaluationPoints: 64, precision: .float64))
    #expect(run.source.mixture == (try MixturePreset.ring8.mixture(deviation: 0.3)))
    #expect(run.source.name == "ring8:0.3")
    #expect(run.checkpointInterval == 8 && run.threads == 2)
  }

  @Test("every name of a choice leads to its value")
  func choices() throws {
    #expect(try configuration("--times zero").times == .endAtZero)
    #expect(try configuration("--times uniform").times == .uniformTriangle)
    #expect(try configuration("--times fixed").times == .fixedEnd(fraction: 0.3))
    #expect(
      try configuration("--times fixed --end-fraction 0.5").times == .fixedEnd(fraction: 0.5))
    #expect(throws: ConfigurationError.self) { try configuration("--end-fraction 0.5") }
    #expect(throws: ConfigurationError.self) {
      try configuration("--times fixed --end-fraction 1")
    }
    #expect(try configuration("--weighting cosine").loss.weighting == .cosinePseudoHuber())
    #expect(try configuration("--optimizer adamw").optimizer == .adamW())
    #expect(try configuration("--optimizer sgd").optimizer == .sgd())
    #expect(try configuration("--optimizer muon").optimizer == .muon())
    #expect(try configuration("--optimizer normuon").optimizer == .norMuon)
    #expect(try configuration("--optimizer muon").decays == .all)
    #expect(try configuration("--optimizer adamw --decays matrices").decays == .matrices)
    #expect(throws: ConfigurationError.self) { try configuration("--decays matrices") }
    #expect(try configuration("--schedule constant").schedule.decay == .constant)
    #expect(try configuration("--schedule cosine").schedule.decay == .cosine)
    #expect(
      try configuration("--tangent difference").loss.tangent
        == .centralDifference(step: TangentName.defaultStep))
    #expect(try configuration("--objective directFull").loss.objective == .directFull)
  }

  @Test("the network takes the dimension of the target")
  func dimension() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/line.json"
      try Data(
        #"{"weights": [1], "means": [[0, 1, 2]], "covariances": [[[1,0,0],[0,1,0],[0,0,1]]]}"#.utf8
      )
      .write(to: URL(fileURLWithPath: path))
      #expect(try configuration("--target \(path)").network.dimension == 3)
    }
  }

  @Test(
    "an option that would have no effect is refused",
    arguments: [
      "--beta 1 1 --times zero", "--tangent-step 0.01", "--decay-start 5",
      "--objective direct --diagonal-fraction 0.5", "--objective fm --tangent difference",
      "--schedule square-root",
    ])
  func noEffect(arguments: String) {
    #expect(throws: ConfigurationError.self) { try configuration(arguments) }
  }

  @Test(
    "numbers out of range, not finite included, are refused with the option or setting named",
    arguments: [
      ("--beta nan 1", "relaxed times"), ("--diagonal-fraction 1", "diagonal fraction"),
      ("--tangent difference --tangent-step nan", "finite-difference step"),
      ("--learning-rate -1", "learning rate"), ("--warm-up -1", "warm-up"),
      ("--clip nan", "--clip"),
      ("--clip 0", "--clip"), ("--average 1", "average"), ("--average nan", "average"),
      ("--average 0.9 --average 0.9", "average"), ("--depth 1025", "--depth"),
      ("--width 8192 --depth 64", "parameters"), ("--metrics-every 0", "metrics"),
      ("--evaluation-points 15", "evaluation points"), ("--checkpoint-every 0", "checkpoint"),
      ("--batch 16777217", "batch"),
      ("--interpolant trigonometric --objective psd-m-preconditioned", "interpolant"),
    ])
  func outOfRange(arguments: String, named: String) throws {
    let error = #expect(throws: (any Error).self) { try configuration(arguments) }
    let text = String(describing: try #require(error))
    #expect(text.contains(named))
  }

  @Test(
    "what cannot be parsed is refused",
    arguments: [
      ["--seed", "-1"], ["--steps", "1e3"], ["--beta", "1"], ["--threads", "1025"],
      ["--overwrite", "--resume"], ["--schedule", "step"], ["--out", ""],
    ])
  func unparsable(arguments: [String]) {
    #expect(throws: (any Error).self) { try train(arguments) }
  }

  @Test("classes, guidance and dropout are told to the network and to the loss")
  func conditions() throws {
    let guided = try configuration("--guidance 2")
    #expect(guided.network.classCount == 4)
    #expect(guided.loss.guidance == Guidance(scale: 2, labelDropout: 0.1))
    let dropped = try configuration("--class-conditional --label-dropout 0.2")
    #expect(dropped.loss.guidance == Guidance(scale: 1, labelDropout: 0.2))
    #expect(throws: ConfigurationError.self) { try configuration("--label-dropout 1") }
  }

  @Test("a trained run teaches and starts another, which takes over its network")
  func pretrained() throws {
    try withTemporaryFolder { folder in
      let flow = "\(folder)/flow"
      let options = "--objective fm --width 8 --depth 1 --steps 2 --evaluation-points 16"
      let first = try train(options.split(separator: " ").map(String.init)).newRun()
      _ = try RecordedTraining(first, in: flow, existing: .refuse).train()
      let run = try train(["--objective", "cd", "--teacher", flow, "--start", flow]).newRun()
      #expect(run.configuration.network == first.configuration.network)
      #expect(run.configuration.teacher?.origin.hasPrefix(flow) == true)
      #expect(run.pretrained.start == run.pretrained.teacher && !run.pretrained.start.isEmpty)
      #expect(throws: (any Error).self) { try train(["--teacher", "\(folder)/none"]).newRun() }
      #expect(throws: ConfigurationError.self) {
        try train(["--start", flow, "--width", "9"]).newRun()
      }
      #expect(throws: (any Error).self) { try train(["--teacher-average", "0.9"]) }
    }
  }

  @Test("a file of points is a source, or with a deviation a mixture; misplaced options are named")
  func points() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/points.csv"
      let rows = (0..<200).map { "\($0 % 9),\(3 * $0 % 17),\($0 % 2)" }
      try (["x,y,kind"] + rows).joined(separator: "\n").write(
        toFile: path, atomically: true, encoding: .utf8)
      let run = try train(["--source", path, "--labels", "kind", "--class-conditional"]).newRun()
      #expect(run.configuration.network.classCount == 2)
      #expect(run.configuration.evaluationPoints == 20 && run.source.cloud?.heldOut.count == 40)
      let mixture = try train(["--source", path, "--labels", "kind", "--as-mixture", "0.5"])
        .newRun()
      #expect(mixture.source.mixture?.components.count == 200)
      #expect(try ResolvedRun.Source(named: "glyphs").data.dimension == 64)
      for arguments in [
        ["--source", "four", "--held-out", "0.3"], ["--source", path, "--deviation", "1"],
        ["--source", path, "--held-out", "1"], ["--source", path, "--as-mixture", "-1"],
        ["--source", path, "--as-mixture", "1", "--standardize", "each"],
      ] {
        #expect(throws: ConfigurationError.self) { try train(arguments).newRun() }
      }
    }
  }
}
