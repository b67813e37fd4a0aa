// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// A symbolic array: a value that names one node of an immutable expression graph.
///
/// Nothing is computed while a graph is traced. Derivatives are graphs again
/// (``derivative(of:along:stopGradients:)``, ``gradient(of:withRespectTo:)``) and nest to any order. A
/// ``Program`` turns a graph into a list of equations that an engine compiles; the element type
/// (Float or Double) is chosen there.
///
/// Two tensors are equal when they name the same node, not when they hold equal numbers.
public struct Tensor: Sendable, Hashable {
  let node: Node

  public var shape: Shape { node.shape }
  public var rank: Int { shape.rank }

  init(
    _ primitive: Primitive, _ operands: [Tensor], shape: Shape, site: CallSite? = nil
  ) {
    node = Node(primitive: primitive, operands: operands, shape: shape, site: site)
  }

  public static func == (left: Tensor, right: Tensor) -> Bool { left.node === right.node }

  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(node)) }
}

/// Where in the user's source an operation was written, for messages.
struct CallSite: Hashable, Sendable, CustomStringConvertible {
  let file: StaticStringName
  let line: UInt

  init(_ file: StaticString, _ line: UInt) {
    self.file = StaticStringName(text: file)
    self.line = line
  }

  var description: String { "\(file.text):\(line)" }
}

/// A `StaticString` that can be compared.
struct StaticStringName: Hashable, Sendable {
  let text: StaticString
  static func == (left: Self, right: Self) -> Bool {
    left.text.description == right.text.description
  }
  func hash(into hasher: inout Hasher) { hasher.combine(text.description) }
}

final class Node: Sendable {
  let primitive: Primitive
  let operands: [Tensor]
  let shape: Shape
  let site: CallSite?

  init(primitive: Primitive, operands: [Tensor], shape: Shape, site: CallSite?) {
    self.primitive = primitive
    self.operands = operands
    self.shape = shape
    self.site = site
  }
}

// MARK: - Leaves

extension Tensor {
  /// A value supplied when the program runs.
  public static func input(
    _ name: String, _ shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    Tensor(.input(name: name), [], shape: shape, site: CallSite(file, line))
  }

  /// A constant whose every element is `value`.
  public init(_ value: Double, shape: Shape = .scalar) {
    self.init(.constant([value]), [], shape: shape)
  }

  /// A constant given element by element in row-major order.
  ///
  /// - Precondition: `values.count == shape.count`.
  public init(
    values: [Double], shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      values.count == shape.count, "constant", [shape],
      "\(values.count) values do not fill the shape", file, line)
    self.init(.constant(values), [], shape: shape, site: CallSite(file, line))
  }

  public static func zeros(_ shape: Shape) -> Tensor { Tensor(0, shape: shape) }
  public static func ones(_ shape: Shape) -> Tensor { Tensor(1, shape: shape) }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
}
