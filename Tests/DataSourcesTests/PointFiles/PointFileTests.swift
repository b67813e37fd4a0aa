// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import DataSources
import Files
import Foundation
import TestSupport
import Testing

@Suite struct PointFileTests {
  private func read(
    _ text: String, as name: String = "a.csv", _ layout: PointFileLayout = PointFileLayout()
  ) throws -> PointFile {
    try read(Data(text.utf8), as: name, layout)
  }

  private func read(
    _ data: Data, as name: String, _ layout: PointFileLayout = PointFileLayout()
  ) throws -> PointFile {
    try withTemporaryFolder { folder in
      try AtomicFile.write(data, to: "\(folder)/\(name)")
      do {
        return try PointFile(contentsOf: "\(folder)/\(name)", layout: layout)
      } catch let error as PointFileError {
        throw PointFileError(path: name, place: error.place, problem: error.problem)
      }
    }
  }

  @Test("the formats give the same points, labels and weights")
  func formats() throws {
    let points: [Double] = [0.5, -1, 2, 3, 1e-3, 4]
    let (labels, weights) = ([0, 2, 1], [1.0, 0, 0.5])
    var tensors = SafeTensors()
    tensors["points"] = SafeTensors.Tensor(points, shape: [3, 2])
    tensors["labels"] = SafeTensors.Tensor(labels.map(Int64.init), shape: [3])
    tensors["weights"] = SafeTensors.Tensor(weights.map(Float.init), shape: [3, 1])
    tensors["observations"] = SafeTensors.Tensor([Float(7), 8, 9], shape: [3])
    let table: [Double] = [0.5, -1, 0, 1, 2, 3, 2, 0, 1e-3, 4, 1, 0.5]
    let numbered = PointFileLayout(labels: .numbered(3), weights: .numbered(4))
    let files = [
      try read("x1,x2,label,weight\n0.5,-1,0,1\n2,3,2,0\n1e-3,4,1,0.5\n"),
      try read("0.5 -1 0 1\n2 3 2 0\n1e-3 4 1 0.5\n", as: "a.txt", numbered),
      try read(
        "weight\tx\tclass\ty\n1\t0.5\t0\t-1\n0\t2\t2\t3\n.5\t1e-3\t1\t4\n", as: "a",
        PointFileLayout(labels: .named("class"))),
      try read("[[0.5,-1,0,1],[2,3,2,0],[1e-3,4,1,0.5]]", as: "a.json", numbered),
      try read(
        "{\"points\": [[0.5,-1],[2,3],[1e-3,4]], \"labels\": [0,2,1], \"weights\": [1,0,0.5]}",
        as: "a.json"),
      try read(NumpyArray.encoded(table, shape: [3, 4]), as: "a.npy", numbered),
      try read(tensors.encoded(), as: "a.safetensors"),
    ]
    for file in files {
      #expect(file.points == points && file.dimension == 2 && file.count == 3)
      #expect(file.labels == labels && file.classCount == 3 && file.weights == weights)
    }
    #expect(files.map(\.observations) == Array(repeating: nil, count: 6) + [[7, 8, 9]])
  }

  @Test(
    "without labels all columns are coordinates, and the only array with two extents is the points")
  func plain() throws {
    let file = try read("1,2,3\n4,5,6\n")
    #expect(file.points == [1, 2, 3, 4, 5, 6] && file.dimension == 3)
    #expect(file.labels == nil && file.weights == nil && file.classCount == 0)
    var tensors = SafeTensors()
    tensors["X"] = SafeTensors.Tensor([Float(1), 2], shape: [2, 1])
    tensors["y"] = SafeTensors.Tensor([UInt64(1), 0], shape: [2])
    let named = try read(
      tensors.encoded(), as: "a.safetensors", PointFileLayout(labels: .named("y")))
    #expect(named.points == [1, 2] && named.labels == [1, 0])
  }

  @Test("labels may stand in a file of their own")
  func labelFile() throws {
    try withTemporaryFolder { folder in
      try NumpyArray.write([1.0, 2, 3, 4], shape: [2, 2], to: "\(folder)/x.npy")
      try NumpyArray.write([1.0, 0], shape: [2], to: "\(folder)/y.npy")
      let layout = PointFileLayout(labels: PointColumn("\(folder)/y.npy"))
      #expect(try PointFile(contentsOf: "\(folder)/x.npy", layout: layout).labels == [1, 0])
      try NumpyArray.write([1.0, 0, 0], shape: [3], to: "\(folder)/y.npy")
      #expect(
        throws: PointFileError(
          path: "\(folder)/y.npy", problem: .count(of: "labels", found: 3, expected: 2))
      ) { try PointFile(contentsOf: "\(folder)/x.npy", layout: layout) }
    }
  }

  @Test("a class and the first points are kept with what belongs to them")
  func selection() throws {
    let file = try read("x,label,weight\n1,0,2\n2,1,3\n3,0,4\n")
    let zero = try #require(file.restricted(toLabel: 0))
    #expect(zero.points == [1, 3] && zero.labels == [0, 0] && zero.weights == [2, 4])
    #expect(file.restricted(toLabel: 2) == nil)
    #expect(file.prefix(2).points == [1, 2] && file.prefix(9) == file)
  }

  @Test(
    "what makes no points is refused with its place",
    arguments: [
      ("x,label\n1,0\n2,1.5\n", "a.csv", "a.csv, line 3, column 2: the label is 1.5;"),
      ("x,label\n1,0\n\n2,-1\n", "a.csv", "a.csv, line 4, column 2: the label is -1.0;"),
      ("x,label\n1,70000\n", "a.csv", "a.csv, line 2, column 2: the label is 70000.0;"),
      ("x,weight\n1,-0.5\n", "a.csv", "a.csv, line 2, column 2: the weight is -0.5;"),
      ("x,weight\n1,0\n", "a.csv", "a.csv: all weights are 0;"),
      ("label\n1\n", "a.csv", "a.csv: no column is left"),
      ("[[1,2]]", "a.csv", "a.csv: this is a JSON file, where its name promises plain text;"),
      ("1,2\n", "a.json", "a.json: this is plain text, where its name promises a JSON file;"),
      ("1,2\n", "a.npy", "a.npy: this is plain text, where its name promises a NumPy array"),
      ("[[1,2],\n [3]]", "a.json", "a.json, line 2, column 2: the row has 1 numbers, but"),
      ("[[1,2],[3,\"inf\"]]", "a.json", "a.json, line 1, column 11: found a text, where a number"),
      ("[]", "a.json", "a.json: there is no point;"),
      ("[1, 2]", "a.json", "a.json: the array has the shape [2];"),
      ("{\"x\": [[1]], \"z\": [[1]]}", "a.json", "a.json: which array holds the points is not"),
      ("{\"points\": 3}", "a.json", "a.json, line 1, column 12: found a number, where an array"),
    ])
  func refusals(text: String, name: String, message: String) {
    let error = #expect(throws: PointFileError.self) { try read(text, as: name) }
    #expect("\(error!)".hasPrefix(message), "\(error!)")
  }

  @Test("errors of the formats themselves pass through")
  func formatErrors() {
    #expect(throws: DelimitedTextError.self) { try read("1,2\n3,nan\n") }
    #expect(throws: JSONDocumentError.self) { try read("[[1,2],[3,NaN]]", as: "a.json") }
    #expect(throws: FileError.self) { try PointFile(contentsOf: "/no/such/file.csv") }
    #expect(throws: PointFileError(path: "a.csv", problem: .wrongKind(.empty))) { try read("") }
  }

  @Test("arrays that are not finite or of another shape are refused with the element")
  func arrays() {
    func error(_ values: [Double], _ shape: [Int], labels: PointColumn? = nil) -> PointFileError? {
      #expect(throws: PointFileError.self) {
        try read(
          NumpyArray.encoded(values, shape: shape), as: "a.npy", PointFileLayout(labels: labels))
      }
    }
    #expect(
      error([1, 2, .infinity, 4], [2, 2])
        == PointFileError(
          path: "a.npy", place: .element(array: nil, indices: [1, 0]),
          problem: .notFinite(.infinity)))
    #expect(error([1, 2], [2])?.place == nil)
    #expect(error([], [0, 2])?.problem == .noRows)
    #expect(error([], [2, 0])?.problem == .noCoordinates)
    #expect(error([1, 2], [1, 2], labels: .numbered(3))?.problem == .unknownNumber(3, count: 2))
    #expect(
      error([1, 2], [1, 2], labels: .named("y"))?.problem == .unknownName("y", available: []))
  }

  @Test("a misspelt column is answered with the nearest, and one column is not two things")
  func columns() {
    let named = #expect(throws: PointFileError.self) {
      try read("x,klass\n1,0\n", PointFileLayout(labels: .named("class")))
    }
    #expect("\(named!)".contains("perhaps \"klass\" is meant"))
    let shared = #expect(throws: PointFileError.self) {
      try read("1,0\n", PointFileLayout(labels: .numbered(2), weights: .numbered(2)))
    }
    #expect(shared?.problem == .sharedColumn(2))
  }

  @Test("a column on a command line is a number, a file or a name")
  func columnTexts() {
    #expect(PointColumn("3") == .numbered(3) && PointColumn("class") == .named("class"))
    #expect(PointColumn("y.npy") == .file("y.npy"))
  }
}
