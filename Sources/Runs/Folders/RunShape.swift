// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files
internal import FlowMaps
internal import Interpolants
internal import Networks
internal import Training

extension ResolvedRun {
  /// The shape of `run.json`.
  public static let shape = JSONShape.object([
    .init("configuration", configuration, "what is trained, and how"),
    .init("source", source, "where the data come from: a name, a file, or the law itself"),
    .init("checkpointInterval", .integer, "steps between two checkpoints, at least 1"),
    .init("gridInterval", .integer, "steps between two pictures of samples of images, at least 1"),
    .init(
      "features",
      .object([
        .init("space", words(FeatureSettings.Space.self), "what images are compared in"),
        .init("samples", .integer, "for each number of steps, 200 to 100000"),
        .init("steps", .list(.integer), "from noise to data, different"),
      ]), "how samples of images are measured with each row of metrics"),
    .init(
      "decoder", .text, "a file of an autoencoder that makes images of samples that are latents"),
    .init("threads", .integer, "of the machine that made the run; not read from a file"),
    .init("version", .text, "of the lab that started the run; not read from a file"),
    .init("command", .text, "that started the run; not read from a file"),
  ])

  private static let configuration = JSONShape.object([
    .init("interpolant", words(InterpolantKind.self), "the path between data and noise"),
    .init("network", network, "the network that is trained"),
    .init("loss", loss, "what is minimised"),
    .init("times", times, "how t and s are drawn"),
    .init("optimizer", optimizer, "how parameters follow the gradient"),
    .init("schedule", schedule, "the learning rate"),
    .init(
      "clipping", .object([.init("maximumNorm", .number, "above 0")]), "of the gradient's norm"),
    .init("averageDecays", .list(.number), "of the averages kept, each from 0 to below 1"),
    .init("batch", .integer, "rows of a step, 1 to 16777216"),
    .init("steps", .integer, "at least 1"),
    .init("seed", .integer, "of every random number, 0 to 2^64 - 1"),
    .init("metricsInterval", .integer, "steps between two rows of metrics, at least 1"),
    .init("evaluationPoints", .integer, "on which metrics are evaluated, 16 to 65536"),
    .init("precision", words(Precision.self), "of all numbers"),
    .init("decays", words(DecayedParameters.self), "which parameters weight decay draws to zero"),
    .init("coupling", .word(["independent"]), "how noise meets data"),
    .init("teacher", pretrained, "a trained network whose velocity teaches; lies beside the file"),
    .init("start", pretrained, "a trained network that training begins with; lies beside the file"),
  ])

  private static let network = JSONShape.choice([
    .init(
      "perceptron",
      .object([
        .init("dimension", .integer, "numbers of a point"),
        .init("width", .integer, "units of a hidden layer"),
        .init("depth", .integer, "hidden layers"),
        .init("activation", words(MultilayerPerceptron.Activation.self)),
        .init("timeEmbedding", words(MultilayerPerceptron.TimeEmbedding.self)),
        .init("initializer", words(Initializer.self)),
        .init("timeFeatures", timeFeatures),
        .init("classCount", .integer, "classes it is told, 0 for none"),
        .init("observationSize", .integer, "numbers of an observation, 0 for none"),
        .init("takesGuidance", .boolean, "whether it is told the scale of guidance"),
      ])),
    .init(
      "transformer",
      .object([
        .init(
          "preset", words(TransformerPreset.self), "whose sizes are taken where none are given"),
        .init("imageSize", .integer, "pixels of a side"),
        .init("patchSize", .integer, "pixels of a side of a token, divides the image's"),
        .init("channels", .integer), .init("width", .integer, "features of a token"),
        .init("depth", .integer, "blocks"),
        .init("heads", .integer, "of attention, divides the width"),
        .init("timeFeatures", timeFeatures), .init("modulation", words(Modulation.self)),
        .init("classCount", .integer, "classes it is told, 0 for none"),
        .init("observationSize", .integer, "numbers of an observation, 0 for none"),
        .init("takesGuidance", .boolean, "whether it is told the scale of guidance"),
      ])),
    .init(
      "unet",
      .object([
        .init("imageSize", .integer, "pixels of a side, halved from level to level"),
        .init("channels", .integer),
        .init("blockChannels", .list(.integer), "of each level, the finest first"),
        .init("layersPerBlock", .integer, "residual blocks of a level"),
        .init("groups", .integer, "of normalised channels, divides every level's"),
        .init("attentionLevels", .integer, "levels with attention, the coarsest first"),
        .init("heads", .integer, "of attention, divides these levels' channels"),
        .init("embeddingWidth", .integer, "features of the embedded times and conditions"),
        .init("timeFeatures", timeFeatures), .init("modulation", words(Modulation.self)),
        .init("classCount", .integer, "classes it is told, 0 for none"),
        .init("observationSize", .integer, "numbers of an observation, 0 for none"),
        .init("takesGuidance", .boolean, "whether it is told the scale of guidance"),
      ])),
  ])

  private static let timeFeatures = JSONShape.choice([
    .init("plain", none), .init("positional", .object([.init("features", .integer)])),
    .init("fourier", .object([.init("features", .integer), .init("scale", .number)])),
  ])

  private static let loss = JSONShape.object([
    .init("objective", words(Objective.self)),
    .init(
      "sharing",
      .choice([.init("everySample", none), .init("diagonalFraction", unnamed)]),
      "of the batch between flow matching and self-distillation"),
    .init(
      "weighting",
      .choice([
        .init("none", none),
        .init("adaptive", .object([.init("power", .number), .init("offset", .number)])),
        .init("cosinePseudoHuber", .object([.init("offset", .number)])),
        .init("inverseStep", none), .init("learned", .object([.init("terms", .integer)])),
        .init("learnedOverTimes", .object([.init("terms", .integer)])),
      ])),
    .init(
      "tangent",
      .choice([
        .init("exact", none), .init("centralDifference", .object([.init("step", .number)])),
        .init("published", none),
      ])),
    .init(
      "discretization",
      .choice([
        .init("constant", .object([.init("step", .number)])),
        .init("doubling", .object([.init("first", .integer), .init("last", .integer)])),
        .init("shrinking", .object([.init("ratio", .number), .init("stages", .integer)])),
      ]), "of discrete consistency"),
    .init(
      "teacher",
      .choice([.init("online", none), .init("average", .object([.init("decay", .number)]))]),
      "of discrete consistency"),
    .init(
      "stabilizers",
      .object([
        .init("tangentWarmUp", .number), .init("tangentNormalization", .number),
        .init("rearrangesTangent", .boolean),
      ]), "of scm"),
    .init(
      "guidance",
      .object([
        .init("scale", .number), .init("labelDropout", .number, "from 0 to below 1"),
        .init(
          "largestScale", .number,
          "with it each row has a scale of its own, which the network is told"),
      ])),
  ])

  private static let times = JSONShape.choice([
    .init("endAtZero", none),
    .init("relaxed", .object([.init("a", .number), .init("b", .number)])),
    .init("uniformTriangle", none), .init("fixedEnd", .object([.init("fraction", .number)])),
    .init("logNormal", .object([.init("mean", .number), .init("deviation", .number)])),
    .init(
      "logitNormal",
      .object([
        .init("mean", .number), .init("deviation", .number),
        .init("diagonalShare", .number, "of rows with s = t, from 0 to below 1"),
      ])),
  ])

  private static let optimizer = JSONShape.choice([
    .init("adam", moments), .init("radam", moments),
    .init(
      "adamW",
      .object([
        .init("beta1", .number), .init("beta2", .number), .init("epsilon", .number),
        .init("weightDecay", .number),
      ])), .init("sgd", .object([.init("momentum", .number)])),
    .init(
      "muon",
      .object([
        .init("momentum", .number), .init("neuronDecay", .number), .init("weightDecay", .number),
        .init("beta1", .number), .init("beta2", .number), .init("epsilon", .number),
      ])),
  ])

  private static let moments = JSONShape.object([
    .init("beta1", .number), .init("beta2", .number), .init("epsilon", .number),
  ])

  private static let schedule = JSONShape.object([
    .init("peak", .number, "the largest rate"),
    .init("warmUpSteps", .integer, "in which it rises to the peak"),
    .init(
      "decay",
      .choice([
        .init("constant", none), .init("linear", none), .init("cosine", none),
        .init("squareRoot", .object([.init("start", .integer)])),
      ])),
  ])

  private static let pretrained = JSONShape.object([
    .init("network", network), .init("interpolant", words(InterpolantKind.self)),
    .init("origin", .text),
  ])

  private static let source = JSONShape.either([
    .text,
    .object([
      .init("name", .text), .init("mixture", .any, "weights, means, covariances, labels"),
      .init("boxes", .any, "weights, lower, upper, labels"),
      .init("points", .any, "of points that lie beside the file"),
      .init(
        "images",
        .object([
          .init("data", .text, "fashion-mnist, cifar-10, a folder or a file"),
          .init("labels", .text, "the array of the labels, or their file"),
          .init("heldOut", .number, "the share held out for measurements, 0.01 to 0.9"),
          .init("shrink", .integer, "the factor by which images are made smaller, at least 1"),
          .init("flips", .boolean, "whether training sees images mirrored half of the time"),
          .init("latentScale", .number, "of latents, above 0"),
          .init("latentShift", .number, "of latents, taken off before they are scaled"),
          .init("found", .any, "what was found, with its fingerprint; not written by hand"),
        ]), "images or latents, which stay where they lie"),
    ]),
  ])

  private static let none = JSONShape.object([])
  /// The value of a case without a name for it, as Swift codes it.
  private static let unnamed = JSONShape.object([.init("_0", .number)])

  private static func words<Name: RawRepresentable & CaseIterable>(
    _ type: Name.Type
  ) -> JSONShape where Name.RawValue == String {
    .word(type.allCases.map(\.rawValue))
  }
}
