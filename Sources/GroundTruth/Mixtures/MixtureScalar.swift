// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// An element type in which targets can be sampled: Float or Double.
public protocol MixtureScalar: RandomScalar {
  /// See ``MixtureSampler``.
  static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream)
  /// See ``MixtureSampler/fillLabels(_:rows:stream:as:)``.
  static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream)

  /// See ``UniformBoxesSampler``.
  static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream)
}

extension Float: MixtureScalar {
  public static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }

  public static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fillSingleLabels(out, rows: rows, stream: stream)
  }

  public static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Float>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }
}

extension Double: MixtureScalar {
  public static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }

  public static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fillDoubleLabels(out, rows: rows, stream: stream)
  }

  public static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Double>, rows: Range<Int>,
    stream: RandomStream
  ) {
    sampler.fill(out, rows: rows, stream: stream)
  }
}
