// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Tensors
import TestSupport
import Testing

/// The output of a network and the inputs it is a function of.
struct NetworkOutput {
  let output: Tensor
  /// The points and the two times come first.
  let arguments: [Argument]

  private static let step = 1e-5

  /// The derivative along a direction of points and times is that of central differences.
  func expectTangent(sourceLocation: SourceLocation = #_sourceLocation) throws {
    var numbers = TestNumbers(seed: 9)
    let (x, t, s) = (arguments[0], arguments[1], arguments[2])
    let directions = [
      Argument("direction", x.tensor.shape, numbers.array(x.values.count)),
      Argument("rate", t.tensor.shape, [1, 0.5]), Argument("endRate", s.tensor.shape, [-0.3, 0.2]),
    ]
    let tangent = derivative(
      of: output,
      along: [
        x.tensor: directions[0].tensor, t.tensor: directions[1].tensor,
        s.tensor: directions[2].tensor,
      ])
    let exact = try evaluate([tangent], arguments + directions)[0]
    func moved(_ by: Double) throws -> [Double] {
      let shifted = zip(arguments, directions).map { argument, direction in
        argument.with(zip(argument.values, direction.values).map { $0 + by * $1 })
      }
      return try evaluate([output], shifted + arguments.dropFirst(3))[0]
    }
    let difference = zip(try moved(Self.step), try moved(-Self.step)).map {
      ($0 - $1) / (2 * Self.step)
    }
    #expect(exact.contains { abs($0) > 0.1 }, sourceLocation: sourceLocation)
    #expect(relativeDifference(exact, difference) < 1e-7, sourceLocation: sourceLocation)
  }

  /// The gradients of the mean square of the output with respect to arguments are those of central differences.
  ///
  /// - Parameters:
  ///   - places: of the arguments.
  ///   - hasZeros: whether a gradient of zero alone is right.
  func expectGradients(
    of places: [Int], hasZeros: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let loss = mean(square(output))
    let gradients = try evaluate(
      gradient(of: loss, withRespectTo: places.map { arguments[$0].tensor }), arguments)
    for (gradient, place) in zip(gradients, places) {
      let argument = arguments[place]
      let entry = argument.values.count / 2
      func value(_ by: Double) throws -> Double {
        var changed = arguments
        var values = argument.values
        values[entry] += by
        changed[place] = argument.with(values)
        return try evaluate([loss], changed)[0][0]
      }
      let difference = (try value(Self.step) - value(-Self.step)) / (2 * Self.step)
      #expect(
        abs(gradient[entry] - difference) < 1e-7 * max(1, abs(difference)), "\(argument.name)",
        sourceLocation: sourceLocation)
      #expect(
        hasZeros || gradient.contains { $0 != 0 }, "\(argument.name)",
        sourceLocation: sourceLocation)
    }
  }
}
