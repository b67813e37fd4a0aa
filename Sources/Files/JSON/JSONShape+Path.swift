// Part of toylab. Licensed under Apache-2.0; see LICENSE.

extension JSONShape {
  /// What is accepted at the end of a way of keys; nil where there is none.
  public func shape(at path: ArraySlice<String>) -> JSONShape? {
    guard let name = path.first else { return self }
    switch self {
    case .object(let members), .choice(let members):
      return members.first { $0.name == name }?.shape.shape(at: path.dropFirst())
    case .either(let shapes):
      return shapes.lazy.compactMap { $0.shape(at: path) }.first
    case .any, .number, .integer, .boolean, .text, .word, .list:
      return nil
    }
  }
}
