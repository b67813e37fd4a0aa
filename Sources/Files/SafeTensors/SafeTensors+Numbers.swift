// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation

extension SafeTensors {
  /// The numbers of a tensor of any floating-point type that must be there with this shape, in double precision,
  /// which holds each of them exactly.
  ///
  /// - Parameter path: Names the file in errors.
  public func numbers(
    _ name: String, shape: [Int], path: String
  ) throws(SafeTensorsError) -> [Double] {
    guard let tensor = tensors[name] else {
      throw SafeTensorsError(path: path, tensor: name, problem: .missing)
    }
    guard shape == tensor.shape else {
      throw SafeTensorsError(
        path: path, tensor: name, problem: .unexpectedShape(found: tensor.shape, expected: shape))
    }
    guard let numbers = tensor.numbers else {
      throw SafeTensorsError(
        path: path, tensor: name,
        problem: .unexpectedType(found: tensor.elementType, expected: .float64))
    }
    return numbers
  }
}

extension SafeTensors.Tensor {
  /// The elements in double precision, or nil if they are of no floating-point type.
  public var numbers: [Double]? {
    switch elementType {
    case .float64: return values(as: Double.self)
    case .float32: return values(as: Float.self)?.map(Double.init)
    case .float16: return halves.map(halfPrecisionValue)
    case .brainFloat16: return halves.map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8, .bool: return nil
    }
  }

  private var halves: [UInt16] {
    bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 2).map {
        UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self))
      }
    }
  }
}
