// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The nodes that lie between `sources` and `targets`, operands before users.
///
/// A source counts as an independent variable: what it was computed from is not visited. Written with
/// an explicit stack because graphs of deep networks are deeper than a thread's stack.
struct DependencyOrder {
  /// Nodes that depend on some source, operands first; sources themselves excluded.
  let active: [Tensor]
  /// Every node that depends on a source, and the sources.
  let dependent: Set<Tensor>

  init(from sources: [Tensor], to targets: [Tensor], crossingStopGradients: Bool) {
    let sourceSet = Set(sources)
    var order: [Tensor] = []
    var dependent = sourceSet
    var visited = sourceSet
    for target in targets {
      visitPostorder(from: target, visited: &visited) { tensor in
        if tensor.node.primitive == .stopGradient && !crossingStopGradients { return }
        if tensor.node.operands.contains(where: dependent.contains) {
          dependent.insert(tensor)
          order.append(tensor)
        }
      }
    }
    active = order
    self.dependent = dependent
  }
}

/// Calls `body` on every node reachable from `root` that is not in `visited`, operands first.
func visitPostorder(
  from root: Tensor, visited: inout Set<Tensor>, body: (Tensor) -> Void
) {
  var stack: [(tensor: Tensor, nextOperand: Int)] = []
  if visited.insert(root).inserted { stack.append((root, 0)) }
  while let (tensor, next) = stack.last {
    let operands = tensor.node.operands
    if next < operands.count {
      stack[stack.count - 1].nextOperand += 1
      if visited.insert(operands[next]).inserted { stack.append((operands[next], 0)) }
    } else {
      body(tensor)
      stack.removeLast()
    }
  }
}
