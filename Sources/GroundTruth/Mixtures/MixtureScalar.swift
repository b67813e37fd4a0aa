// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import RandomStreams

/// An element type in which targets can be sampled: Float or Double.
///
/// The functions are requirements so that each type has loops compiled for it.
public protocol MixtureScalar: RandomScalar {
  /// The constants of sampling in this type.
  static func tables(of sampler: MixtureSampler) -> SamplerTables<Self>
  /// See ``MixtureSampler``.
  static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream, labels: UnsafeMutableBufferPointer<Int32>?)
  /// See ``MixtureSampler/fillLabels(_:rows:stream:as:)``.
  static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream)
  /// See ``UniformBoxesSampler``.
  static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream, labels: UnsafeMutableBufferPointer<Int32>?)
}

extension MixtureScalar {
  public static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream, labels: UnsafeMutableBufferPointer<Int32>?
  ) {
    tables(of: sampler).fill(out, rows: rows, stream: stream, labels: labels)
  }

  public static func fillLabels(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Int32>, rows: Range<Int>,
    stream: RandomStream
  ) {
    tables(of: sampler).fillLabels(out, rows: rows, stream: stream)
  }

  public static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream, labels: UnsafeMutableBufferPointer<Int32>?
  ) {
    sampler.place(out, rows: rows, stream: stream, labels: labels)
  }
}

extension MixtureScalar {
  /// See ``MixtureSampler``.
  public static func fillSamples(
    _ sampler: MixtureSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream
  ) {
    fillSamples(sampler, out, rows: rows, stream: stream, labels: nil)
  }

  /// See ``UniformBoxesSampler``.
  public static func fillSamples(
    _ sampler: UniformBoxesSampler, _ out: UnsafeMutableBufferPointer<Self>, rows: Range<Int>,
    stream: RandomStream
  ) {
    fillSamples(sampler, out, rows: rows, stream: stream, labels: nil)
  }
}

extension Float: MixtureScalar {
  public static func tables(of sampler: MixtureSampler) -> SamplerTables<Float> { sampler.single }
}

extension Double: MixtureScalar {
  public static func tables(of sampler: MixtureSampler) -> SamplerTables<Double> { sampler.double }
}
