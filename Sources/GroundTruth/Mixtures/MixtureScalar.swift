// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// An element type in which targets can be sampled: Float or Double.
public protocol MixtureScalar: RandomScalar {
  /// The constants of sampling in this type.
  static func tables(of sampler: MixtureSampler) -> SamplerTables<Self>
}

extension Float: MixtureScalar {
  public static func tables(of sampler: MixtureSampler) -> SamplerTables<Float> { sampler.single }
}

extension Double: MixtureScalar {
  public static func tables(of sampler: MixtureSampler) -> SamplerTables<Double> { sampler.double }
}

extension MixtureScalar {
  /// See ``MixtureSampler``.
  public static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }

  /// See ``MixtureSampler/fillLabels(_:rows:stream:as:)``.
  public static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fillLabels(out, rows: rows, stream: stream, as: Self.self)
  }

  /// See ``UniformBoxesSampler``.
  public static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }
}
