// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Tensors

/// An array of a published checkpoint: its name and shape there, and the parameters it consists of.
public struct PublishedArray: Sendable, Equatable {
  /// How the numbers of an array lie against those of a parameter.
  enum Arrangement: Sendable, Equatable {
    /// In the same order.
    case same
    /// `[outputs, inputs…]` where the layout has `[inputs, outputs]`.
    case transposed
    /// A convolution's `[features, channels, height, width]` where the layout has
    /// `[height · width · channels, features]`.
    case kernel(height: Int, width: Int)
  }

  public let name: String
  public let shape: [Int]
  /// Names that older files have for it.
  public let olderNames: [String]
  /// The places among a layout's entries of the parameters that stand on top of each other in the array.
  let places: [Int]
  let arrangement: Arrangement

  init(
    _ name: String, _ shape: [Int], places: [Int], _ arrangement: Arrangement,
    olderNames: [String] = []
  ) {
    self.name = name
    self.shape = shape
    self.places = places
    self.arrangement = arrangement
    self.olderNames = olderNames
  }

  /// Numbers of the array.
  var count: Int { shape.reduce(1, *) }

  /// Whether a file's array of a shape holds the same numbers: a matrix may be a convolution of one pixel there.
  func accepts(_ shape: [Int]) -> Bool {
    shape == self.shape || (self.shape.count == 2 && shape == self.shape + [1, 1])
  }

  /// Calls with the place in the vector of the layout and the element of the array of each number.
  func forEachPair(in layout: ParameterLayout, _ body: (_ place: Int, _ element: Int) -> Void) {
    var start = 0
    for parameter in places.map({ layout.entries[$0] }) {
      let count = parameter.shape.count
      let outputs: Int
      switch arrangement {
      case .same: outputs = count
      case .transposed, .kernel: outputs = parameter.shape[1]
      }
      let inputs = count / outputs
      for output in 0..<outputs {
        for input in 0..<inputs {
          body(
            parameter.offset + place(of: input, inputs) * outputs + output,
            start + output * inputs + input)
        }
      }
      start += count
    }
  }

  /// The row of the layout's matrix for an input of the array.
  private func place(of input: Int, _ inputs: Int) -> Int {
    switch arrangement {
    case .same, .transposed: return input
    case .kernel(let height, let width):
      let positions = height * width
      return input % positions * (inputs / positions) + input / positions
    }
  }
}
