// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Engines
import Tensors
import TestSupport
import Testing

/// Derivative rules of every primitive, against central differences and against each other.
@Suite struct DerivativeTests {
  @Test("the generated cases contain every primitive")
  func casesCoverEveryPrimitive() {
    var seen = Set<String>()
    for testCase in PrimitiveCase.all {
      let arguments = testCase.arguments(seed: 1)
      let program = Program(
        inputs: arguments.map { (.shared, $0.tensor) },
        outputs: [("y", .sum, testCase.build(arguments.map(\.tensor)))])
      seen.formUnion(program.equations.map(\.primitive.name))
    }
    var expected: Set<String> = [
      "input", "constant", "select", "broadcast", "reduce_sum", "reduce_maximum", "reshape",
      "transpose", "slice", "pad", "concatenate", "matmul", "gather", "scatterAdd", "stopGradient",
    ]
    expected.formUnion(UnaryOperation.allCases.map(\.rawValue))
    expected.formUnion(BinaryOperation.allCases.map(\.rawValue))
    expected.formUnion(Comparison.allCases.map(\.rawValue))
    #expect(seen == expected)
  }

  @Test("jvp equals the central difference", arguments: PrimitiveCase.all)
  func jvpIsTheDirectionalDerivative(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    let jvp = point.jvp(point.output)
    try expectDifferences(of: point.output, equal: jvp, at: point, "first")
  }

  @Test("the jvp of a jvp equals the difference of the jvp", arguments: PrimitiveCase.all)
  func secondNesting(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    let first = point.jvp(point.output)
    try expectDifferences(of: first, equal: point.jvp(first), at: point, "second")
  }

  @Test("the third nesting equals the difference of the second", arguments: PrimitiveCase.all)
  func thirdNesting(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    let second = point.jvp(point.jvp(point.output))
    try expectDifferences(of: second, equal: point.jvp(second), at: point, "third")
  }

  @Test("vjp is the transpose of jvp", arguments: PrimitiveCase.all)
  func dotProduct(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    try expectTransposes(point.output, point)
  }

  @Test("vjp of a jvp is the transpose of jvp of jvp", arguments: PrimitiveCase.all)
  func dotProductOfSecondOrder(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    try expectTransposes(point.jvp(point.output), point)
  }

  @Test("a gradient of a jvp equals the jvp of the gradient", arguments: PrimitiveCase.all)
  func gradientAndJvpCommute(testCase: PrimitiveCase) throws {
    let point = Point(testCase)
    let scalar = (point.output * point.weights).sum()
    let gradientOfJvp = gradient(of: point.jvp(scalar), withRespectTo: point.variables)
    let jvpOfGradient = derivative(
      of: gradient(of: scalar, withRespectTo: point.variables), along: point.directions)
    let third = derivative(of: gradientOfJvp, along: point.directions)
    let thirdOtherwise = gradient(
      of: point.jvp(point.jvp(scalar)), withRespectTo: point.variables)
    for (left, right) in [(gradientOfJvp, jvpOfGradient), (third, thirdOtherwise)] {
      let values = try evaluate(left + right, point.arguments)
      for index in left.indices {
        #expect(relativeDifference(values[index], values[index + left.count]) < 1e-12)
      }
    }
  }

  // MARK: - The two checks

  /// Fourth-order central differences along the direction of the point. The interpreter evaluates, so
  /// that a fault of the engine cannot cancel.
  private func expectDifferences(
    of function: Tensor, equal expected: Tensor, at point: Point, _ order: String
  ) throws {
    let step = 1e-3
    func moved(_ by: Double) throws -> [Double] {
      let arguments = point.arguments.map { argument -> Argument in
        guard let direction = point.directionValues[argument.name] else { return argument }
        return argument.with(zip(argument.values, direction).map { $0 + by * $1 })
      }
      return try evaluate([function], arguments, by: .interpreter)[0]
    }
    let (near, nearBack) = (try moved(step), try moved(-step))
    let (far, farBack) = (try moved(2 * step), try moved(-2 * step))
    let difference = near.indices.map {
      (8 * (near[$0] - nearBack[$0]) - (far[$0] - farBack[$0])) / (12 * step)
    }
    let values = try evaluate([expected], point.arguments, by: .interpreter)[0]
    #expect(relativeDifference(values, difference) < 2e-8, "\(order) derivative")
  }

  /// `⟨J u, w⟩ = ⟨u, Jᵀ w⟩`.
  private func expectTransposes(_ function: Tensor, _ point: Point) throws {
    let jvp = point.jvp(function)
    let pulled = pullback(of: [function], along: [point.weights], to: point.variables)
    let forward = (jvp * point.weights).sum()
    let backward = zip(pulled, point.directions).map { ($0 * $1.tangent).sum() }.reduce(0, +)
    let scale = (abs(jvp) * abs(point.weights)).sum()
    let values = try evaluate([forward, backward, scale], point.arguments)
    #expect(abs(values[0][0] - values[1][0]) <= 1e-13 * max(values[2][0], 1))
  }
}

/// A case at a point, with a direction to differentiate along and weights for the output.
private struct Point {
  let variables: [Tensor]
  let directions: [(variable: Tensor, tangent: Tensor)]
  let output: Tensor
  let weights: Tensor
  let arguments: [Argument]
  let directionValues: [String: [Double]]

  init(_ testCase: PrimitiveCase) {
    let arguments = testCase.arguments(seed: 7)
    var numbers = TestNumbers(seed: 11)
    variables = arguments.map(\.tensor)
    output = testCase.build(variables)
    let tangents = arguments.map {
      Argument("d" + $0.name, $0.tensor.shape, numbers.array($0.values.count))
    }
    let weights = Argument("weights", output.shape, numbers.array(output.shape.count))
    directions = zip(variables, tangents).map { (variable: $0, tangent: $1.tensor) }
    self.weights = weights.tensor
    directionValues = Dictionary(
      uniqueKeysWithValues: zip(arguments, tangents).map { ($0.name, $1.values) })
    self.arguments = arguments + tangents + [weights]
  }

  func jvp(_ function: Tensor) -> Tensor { derivative(of: [function], along: directions)[0] }
}
