// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors

// What figure 0 says of a program: its equations by kind, the memory of its values, and itself as a graph.

/// What an equation or an instruction does.
enum WorkKind: String, Codable, CaseIterable {
  case input
  case literal
  case product
  case elementwise
  case reduction
  /// Other places for the same numbers: reshapes, stretches, slices, look-ups.
  case layout
  case stopGradient

  init(_ primitive: Primitive) {
    switch primitive {
    case .input: self = .input
    case .constant: self = .literal
    case .matmul: self = .product
    case .unary, .binary, .compare, .select: self = .elementwise
    case .reduce: self = .reduction
    case .broadcast, .reshape, .transpose, .slice, .pad, .concatenate, .gather, .scatterAdd:
      self = .layout
    case .stopGradient: self = .stopGradient
    }
  }

  /// The kind of an instruction, of whose summary the first word is its name.
  init(instruction summary: String) {
    switch summary.prefix(while: { $0 != " " }) {
    case "matmul": self = .product
    case "elementwise": self = .elementwise
    case "reduce", "accumulate": self = .reduction
    default: self = .layout
    }
  }

  /// Whether equations of the kind are work: they compute numbers, or move them.
  var isWork: Bool { self != .input && self != .literal }
}

extension Program {
  /// How many equations there are of each kind, by its name.
  var equationCounts: [String: Int] {
    Dictionary(grouping: equations) { WorkKind($0.primitive).rawValue }.mapValues(\.count)
  }

  /// Elements of all values on the way from the inputs to the outputs, views of others not counted.
  var valueElements: Int {
    let delivered = Set(outputs.map(\.value))
    return equations.enumerated().reduce(0) { total, entry in
      let (index, equation) = entry
      return equation.primitive.isComputed && !delivered.contains(index)
        ? total + equation.shape.count : total
    }
  }
}

extension Primitive {
  /// Whether a value of its own is written: neither given, nor literal, nor another one seen differently.
  fileprivate var isComputed: Bool {
    switch self {
    case .input, .constant, .broadcast, .reshape, .transpose, .slice, .stopGradient: return false
    case .unary, .binary, .compare, .select, .reduce, .pad, .concatenate, .matmul, .gather,
      .scatterAdd:
      return true
    }
  }
}

/// A program as a graph: its equations and who reads whom.
struct ProgramGraph: Codable {
  struct Node: Codable {
    let symbol: String
    let kind: WorkKind
    /// Whether the value leaves the program.
    let isOutput: Bool
  }

  let title: String
  let nodes: [Node]
  let edges: [GraphLayout.Edge]

  /// The graph of the equations that are read or leave; a literal stands once for each reader.
  init(_ program: Program, title: String) {
    self.title = title
    let outputs = Set(program.outputs.map(\.value))
    let read = Set(program.equations.flatMap(\.operands))
    var nodes: [Node] = []
    var edges: [GraphLayout.Edge] = []
    var placeOf: [Int: Int] = [:]
    func add(_ index: Int) -> Int {
      let primitive = program.equations[index].primitive
      nodes.append(
        Node(
          symbol: primitive.symbol, kind: WorkKind(primitive), isOutput: outputs.contains(index)))
      return nodes.count - 1
    }
    for (index, equation) in program.equations.enumerated() {
      if case .constant = equation.primitive { continue }
      if !read.contains(index) && !outputs.contains(index) { continue }
      let operands = Set(equation.operands).sorted().map { placeOf[$0] ?? add($0) }
      let place = add(index)
      placeOf[index] = place
      edges += operands.map { GraphLayout.Edge(from: $0, to: place) }
    }
    self.nodes = nodes
    self.edges = edges
  }
}

extension Primitive {
  /// A sign that fits a small circle.
  fileprivate var symbol: String {
    switch self {
    case .input(let name): return name
    case .constant(let values):
      return values.count == 1 ? digits(values[0]) : "c"
    case .unary(.negate): return "−"
    case .unary(.reciprocal): return "1/x"
    case .unary(.exponential): return "exp"
    case .unary(.tanh): return "tanh"
    case .unary(let operation): return String(operation.rawValue.prefix(3))
    case .binary(.add): return "+"
    case .binary(.subtract): return "−"
    case .binary(.multiply): return "×"
    case .binary(.divide): return "÷"
    case .binary(let operation): return String(operation.rawValue.prefix(3))
    case .compare: return "<"
    case .select: return "?"
    case .broadcast: return "↔"
    case .reduce: return "\\Sigma"
    case .reshape: return "re"
    case .transpose: return "tr"
    case .slice: return "sl"
    case .pad: return "pad"
    case .concatenate: return "cat"
    case .matmul: return "@"
    case .gather: return "ga"
    case .scatterAdd: return "sc"
    case .stopGradient: return "sg"
    }
  }
}
