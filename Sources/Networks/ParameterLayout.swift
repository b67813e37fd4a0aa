// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Engines
public import Tensors

/// The names, shapes, roles and places of a network's parameters in one contiguous vector.
///
/// Optimisers, averages, checkpoints and spectral probes work on the vector; programs see the named
/// parts, each bound to its place.
public struct ParameterLayout: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let shape: Shape
    public let role: ParameterRole
    /// The index of the entry's first element in the vector.
    public let offset: Int

    /// The entry's places in the vector.
    public var range: Range<Int> { offset..<offset + shape.count }
  }

  public private(set) var entries: [Entry] = []
  /// Elements of the whole vector.
  public private(set) var count = 0
  /// The place among the entries of each name: deep networks have thousands.
  private var places: [String: Int] = [:]

  public init() {}

  /// Adds a parameter behind those already there.
  ///
  /// - Precondition: no other has its name; a matrix has two extents.
  public mutating func append(_ name: String, _ shape: Shape, _ role: ParameterRole) {
    precondition(places[name] == nil, "parameter \"\(name)\" exists already")
    precondition(
      role != .matrix || shape.rank == 2, "parameter \"\(name)\" of \(shape) is no matrix")
    places[name] = entries.count
    entries.append(Entry(name: name, shape: shape, role: role, offset: count))
    count += shape.count
  }

  /// The place of a parameter among the entries; nil if there is none of the name.
  public func index(of name: String) -> Int? { places[name] }

  /// Program inputs for every parameter, named `prefix/name`.
  public func tensors(prefix: String = "parameters") -> ParameterTensors {
    ParameterTensors(
      layout: self, prefix: prefix,
      tensors: entries.map { .input("\(prefix)/\($0.name)", $0.shape) })
  }
}

/// A network's parameters as tensors of a graph, in the layout's order.
public struct ParameterTensors: Sendable {
  public let layout: ParameterLayout
  public let prefix: String
  public let tensors: [Tensor]

  /// - Precondition: one tensor for each entry of the layout, of its shape.
  public init(layout: ParameterLayout, prefix: String, tensors: [Tensor]) {
    precondition(
      tensors.map(\.shape) == layout.entries.map(\.shape), "tensors do not fit the layout")
    self.layout = layout
    self.prefix = prefix
    self.tensors = tensors
  }

  public subscript(name: String) -> Tensor {
    guard let index = layout.index(of: name) else {
      fatalError("there is no parameter \"\(name)\" among \(layout.entries.map(\.name))")
    }
    return tensors[index]
  }

  /// The declarations a program takes.
  public var inputs: [(role: Program.InputRole, tensor: Tensor)] {
    tensors.map { (.shared, $0) }
  }

  /// Outputs `prefix/name` for a vector in this layout, such as a gradient.
  public func outputs(
    _ values: [Tensor], role: Program.OutputRole, prefix: String
  ) -> [(name: String, role: Program.OutputRole, tensor: Tensor)] {
    zip(layout.entries, values).map { ("\(prefix)/\($0.name)", role, $1) }
  }
}

extension CompiledProgram {
  /// Binds every input `prefix/name` of a layout to its place in one vector.
  public func bind(inputs layout: ParameterLayout, prefix: String, to vector: Buffer<Scalar>) {
    precondition(vector.count == layout.count, "the vector does not fit the layout")
    for entry in layout.entries {
      bind(input: "\(prefix)/\(entry.name)", to: vector, offset: entry.offset)
    }
  }

  /// Binds every output `prefix/name` of a layout to its place in one vector.
  public func bind(outputs layout: ParameterLayout, prefix: String, to vector: Buffer<Scalar>) {
    precondition(vector.count == layout.count, "the vector does not fit the layout")
    for entry in layout.entries {
      bind(output: "\(prefix)/\(entry.name)", to: vector, offset: entry.offset)
    }
  }
}
