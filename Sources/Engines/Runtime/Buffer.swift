// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A fixed stretch of memory, aligned to a cache line, that programs read from and write to.
///
/// A buffer is shared by reference and unsynchronised: whoever hands it to a running program must not
/// touch it until the run ends.
public final class Buffer<Scalar: EngineScalar>: @unchecked Sendable {
  /// The engine's own way to the memory; others go by ``elements``.
  let pointer: UnsafeMutablePointer<Scalar>
  public let count: Int

  /// A buffer of zeros.
  public init(count: Int) {
    precondition(count >= 0, "a buffer cannot hold \(count) elements")
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Scalar>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    pointer = raw.bindMemory(to: Scalar.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  /// A buffer holding `values`, rounded to the element type.
  public convenience init(_ values: [Double]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = Scalar(value) }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  public subscript(index: Int) -> Scalar {
    get {
      precondition((0..<count).contains(index), "element \(index) of a buffer of \(count)")
      return pointer[index]
    }
    set {
      precondition((0..<count).contains(index), "element \(index) of a buffer of \(count)")
      pointer[index] = newValue
    }
  }

  public var elements: UnsafeMutableBufferPointer<Scalar> { .init(start: pointer, count: count) }

  /// Some of the elements.
  ///
  /// - Precondition: the range lies within the buffer.
  public func elements(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Scalar> {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "elements \(range) of a buffer of \(count)")
    return .init(start: pointer + range.lowerBound, count: range.count)
  }

  /// The contents in the element type.
  public var contents: [Scalar] { Array(elements) }

  /// The contents as doubles.
  public var values: [Double] { elements.map { Double($0) } }

  /// Replaces the contents.
  ///
  /// - Precondition: `values.count == count`.
  public func assign(_ values: [Double]) {
    precondition(values.count == count, "\(values.count) values for a buffer of \(count)")
    for (index, value) in values.enumerated() { pointer[index] = Scalar(value) }
  }
}
