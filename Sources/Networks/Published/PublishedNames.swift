// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Where the parameters of a network stand in a published checkpoint: the names and shapes of its arrays.
public protocol PublishedNames: Sendable {
  /// The layout of the parameters.
  var layout: ParameterLayout { get }
  /// Every array of parameters.
  var entries: [PublishedArray] { get }
  /// Arrays of fixed numbers that a checkpoint also holds, which are no parameters here.
  var fixed: [(name: String, shape: [Int], values: [Double])] { get }
}

extension PublishedNames {
  public var fixed: [(name: String, shape: [Int], values: [Double])] { [] }

  /// A vector in the network's layout, such as its parameters or a gradient, from a checkpoint's arrays.
  ///
  /// - Parameter array: the row-major values of the array of a name, which must have the shape.
  /// - Throws: what `array` throws.
  /// - Precondition: `array` gives as many values as the shape has.
  public func vector<Failure: Error>(
    from array: (_ name: String, _ shape: [Int]) throws(Failure) -> [Double]
  ) throws(Failure) -> [Double] {
    var vector = [Double](repeating: 0, count: layout.count)
    for entry in entries {
      let values = try array(entry.name, entry.shape)
      precondition(
        values.count == entry.count,
        "\(values.count) values for \"\(entry.name)\" of the shape \(entry.shape)")
      entry.forEachPair(in: layout) { place, element in vector[place] = values[element] }
    }
    return vector
  }

  /// A checkpoint's arrays from a vector in the network's layout, in the order of ``entries``.
  ///
  /// - Precondition: the vector fits the layout.
  public func arrays(
    from vector: [Double]
  ) -> [(name: String, shape: [Int], values: [Double])] {
    precondition(vector.count == layout.count, "the vector does not fit the layout")
    return entries.map { entry in
      var values = [Double](repeating: 0, count: entry.count)
      entry.forEachPair(in: layout) { place, element in values[element] = vector[place] }
      return (entry.name, entry.shape, values)
    }
  }
}

extension ParameterLayout {
  /// The place of a parameter that must be there.
  func place(of parameter: String) -> Int {
    guard let place = index(of: parameter) else {
      preconditionFailure("there is no parameter \"\(parameter)\"")
    }
    return place
  }
}
