// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
internal import Foundation

/// The tensors of a file of reference values.
struct ReferenceTensors {
  let file: String
  let contents: SafeTensors

  init(data: Data, file: String) throws(ReferenceError) {
    self.file = file
    do {
      contents = try SafeTensors(data: data, path: file)
    } catch {
      throw .tensors(error)
    }
  }

  /// The values of a tensor that must be there with this shape, in double precision.
  func values(_ name: String, _ shape: [Int]) throws(ReferenceError) -> [Double] {
    do {
      return try contents.values(name, as: Double.self, shape: shape, path: file)
    } catch {
      throw .tensors(error)
    }
  }

  /// Checks that every tensor is one of the format's.
  func checkNames(_ known: Set<String>) throws(ReferenceError) {
    if let name = Set(contents.tensors.keys).subtracting(known).min() {
      throw .unknownKey(file: file, key: name)
    }
  }

  /// The class of each row, of which there is at least one; `count` stands for none.
  func classes(below count: Int) throws(ReferenceError) -> [Int] {
    let name = "classes"
    let values: [Int64]
    do {
      values = try contents.values(name, as: Int64.self, path: file)
    } catch {
      throw .tensors(error)
    }
    if values.isEmpty { throw .wrongValue(file: file, key: name, reason: "there is no row") }
    if let wrong = values.first(where: { !(0...Int64(count)).contains($0) }) {
      throw .wrongValue(
        file: file, key: name,
        reason: "a class must lie in 0...\(count), the last for none; found \(wrong)")
    }
    return values.map(Int.init)
  }

  /// A time of each row, divided by `T`.
  func times(_ name: String, rows: Int) throws(ReferenceError) -> [Double] {
    let values = try values(name, [rows])
    if let wrong = values.first(where: { !($0 >= 0 && $0 <= 1) }) {
      throw .wrongValue(
        file: file, key: name, reason: "a time must lie in [0, 1], found \(wrong)")
    }
    return values
  }
}
