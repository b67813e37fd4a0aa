// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Stops the program when an operation is traced with shapes that do not fit.
///
/// `fatalError` rather than `precondition`, because optimised builds drop the text of the latter and
/// the text (operation, shapes, call site) is the point.
func traceFailure(
  _ operation: String, _ shapes: [Shape], _ reason: String, _ file: StaticString, _ line: UInt
) -> Never {
  let list = shapes.map(\.description).joined(separator: " and ")
  fatalError("\(operation) of \(list): \(reason)", file: file, line: line)
}

func require(
  _ condition: Bool, _ operation: @autoclosure () -> String, _ shapes: @autoclosure () -> [Shape],
  _ reason: @autoclosure () -> String, _ file: StaticString, _ line: UInt
) {
  if !condition { traceFailure(operation(), shapes(), reason(), file, line) }
}

extension Tensor {
  /// What a message says of an operand of an operator. Operators cannot receive their call site, so
  /// the nearest recorded ones stand in: where the operand, or what it was made from, was written.
  var origin: String {
    var node = node
    var steps = 0
    while node.site == nil, let next = node.operands.first, steps < 64 {
      node = next.node
      steps += 1
    }
    let place = node.site.map { " (traced from \($0))" } ?? ""
    return "\(shape)\(place)"
  }
}
