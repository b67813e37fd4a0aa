// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// The order in which a program's values are computed, elementwise values gathered into groups.
///
/// List scheduling: whatever is neither elementwise nor a view runs as soon as its operands exist; when
/// nothing of the kind is left, the elementwise values of one shape that can be computed without
/// waiting form a group. Small shapes go first, so that groups of the large ones are as large as can
/// be. A group is closed under "computable now", hence groups never depend on each other in a circle.
struct Schedule {
  enum Step: Equatable {
    /// Elementwise values of one shape, evaluated tile by tile together, and reductions of some of them
    /// along their last axes.
    case group([Int], reductions: [Int])
    /// Matrix products, reductions, look-ups, pads and concatenations.
    case single(Int)
    /// A value that is its operand's memory seen differently.
    case view(Int)
  }

  private(set) var steps: [Step] = []

  /// Registers of the tile interpreter bound the operands and results of a group.
  static let groupLimit = 100

  private let program: Program
  private let skipped: Set<Int>
  private let users: [[Int]]
  private var pending: [Int]
  private var readySingles: [Int] = []
  private var readyElementwise: [Int] = []

  /// - Parameter skipped: values that need no step because nothing reads them.
  init(_ program: Program, skipping skipped: Set<Int> = []) {
    self.program = program
    self.skipped = skipped
    var users = [[Int]](repeating: [], count: program.equations.count)
    pending = [Int](repeating: 0, count: program.equations.count)
    for (index, equation) in program.equations.enumerated() {
      let distinct = Set(equation.operands)
      pending[index] = distinct.count
      for operand in distinct { users[operand].append(index) }
    }
    self.users = users
    for (index, equation) in program.equations.enumerated() where equation.operands.isEmpty {
      release(index)
    }
    while true {
      if !readySingles.isEmpty {
        let next = readySingles.removeFirst()
        steps.append(.single(next))
        release(next)
      } else if !readyElementwise.isEmpty {
        formGroup()
      } else {
        return
      }
    }
  }

  /// Tells the users of a computed value; views become available at once.
  private mutating func release(_ value: Int) {
    var computed = [value]
    while let value = computed.popLast() {
      for user in users[value] {
        pending[user] -= 1
        if pending[user] == 0, let view = enqueue(user) { computed.append(view) }
      }
    }
  }

  /// Queues a value whose operands exist; a view is scheduled instead and returned.
  private mutating func enqueue(_ value: Int) -> Int? {
    let primitive = program.equations[value].primitive
    if skipped.contains(value) { return nil }
    if primitive.isView {
      steps.append(.view(value))
      return value
    }
    if primitive.isElementwise {
      readyElementwise.insertSorted(value)
    } else {
      readySingles.insertSorted(value)
    }
    return nil
  }

  private mutating func formGroup() {
    func count(_ value: Int) -> Int { program.equations[value].shape.count }
    var first = readyElementwise[0]
    for value in readyElementwise where count(value) < count(first) { first = value }
    let shape = program.equations[first].shape
    var candidates = readyElementwise.filter { program.equations[$0].shape == shape }
    readyElementwise.removeAll { program.equations[$0].shape == shape }

    var members: [Int] = []
    var registers = Set<Int>()
    var released: [Int] = []
    while !candidates.isEmpty {
      let next = candidates.removeFirst()
      let needed = registers.union(program.equations[next].operands + [next])
      if needed.count > Schedule.groupLimit && !members.isEmpty {
        readyElementwise.insertSorted(next)
        continue
      }
      registers = needed
      members.append(next)
      for user in users[next] {
        pending[user] -= 1
        guard pending[user] == 0 else { continue }
        let equation = program.equations[user]
        if equation.primitive.isElementwise && equation.shape == shape && !skipped.contains(user) {
          candidates.insertSorted(user)
        } else {
          released.append(user)
        }
      }
    }
    let reductions = released.filter { program.equations[$0].reducesTrailingAxes(of: shape) }
    steps.append(.group(members, reductions: reductions))
    for user in released {
      if reductions.contains(user) {
        release(user)
      } else if let view = enqueue(user) {
        release(view)
      }
    }
  }
}

extension Program.Equation {
  /// Whether the value is a reduction of a value of `shape` along its last axes.
  fileprivate func reducesTrailingAxes(of shape: Shape) -> Bool {
    guard case .reduce(_, let axes) = primitive else { return false }
    return axes == Array(shape.rank - axes.count..<shape.rank)
  }
}

extension [Int] {
  /// Inserts into an ascending array.
  fileprivate mutating func insertSorted(_ value: Int) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    insert(value, at: low)
  }
}
