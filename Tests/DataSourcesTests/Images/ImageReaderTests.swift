// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation
import TestSupport
import Testing

@testable import DataSources

@Suite struct ImageReaderTests {
  private func write(_ data: Data, _ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: parentFolder(of: path), withIntermediateDirectories: true)
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func read(_ data: String, _ change: (inout ImageRequest) -> Void = { _ in }) throws
    -> (source: ImageSource, record: ImageRecord)
  {
    var request = ImageRequest(data: data)
    change(&request)
    let found = try request.read()
    return (try #require(found.source as? ImageSource), found.record)
  }

  private func problem(
    _ data: String, _ change: (inout ImageRequest) -> Void = { _ in }
  ) -> ImageDataError.Problem? {
    var request = ImageRequest(data: data)
    change(&request)
    return #expect(throws: ImageDataError.self) { try request.read() }?.problem
  }

  // MARK: IDX

  @Test("Fashion-MNIST's four files are found by name, with its test part held out")
  func fashionMNIST() throws {
    try withTemporaryFolder { root in
      try writeIDX(in: "\(root)/fashion-mnist")
      let found = try ImageRequest(data: "fashion-mnist").read(roots: ["\(root)/none", root])
      let source = try #require(found.source as? ImageSource)
      #expect(source.training.shape == [1, 2, 4] && source.training.count == 6)
      #expect(source.heldOut.count == 3 && source.classCount == 10)
      #expect(source.training.labels == [0, 1, 2, 0, 1, 2])
      #expect(found.record.path == "\(root)/fashion-mnist" && found.record.classNames.count == 10)
      #expect(found.record.units == .bytes && found.record.kind == .images)
      let small = try read("\(root)/fashion-mnist") { $0.shrink = 2 }
      #expect(small.source.pointShape == [1, 1, 2])
      #expect(small.record.fingerprint == found.record.fingerprint)
    }
  }

  @Test("a data set that is not installed names the package and the places")
  func missing() throws {
    let error = #expect(throws: ImageDataError.self) {
      try ImageRequest(data: "fashion-mnist").read(roots: ["/nowhere"])
    }
    let text = try #require(error).description
    #expect(text.contains("sudo apt install dataset-fashion-mnist"))
    #expect(text.contains("/nowhere/fashion-mnist"))
    #expect(problem("/nowhere") == .nothing)
  }

  @Test("files of IDX that do not fit each other are refused")
  func brokenIDX() throws {
    try withTemporaryFolder { folder in
      try writeIDX(in: folder)
      let labels = "\(folder)/train-labels-idx1-ubyte"
      try write(idx([5], [0, 1, 2, 0, 1]), labels)
      #expect(problem(folder) == .counts(images: 6, labels: 5))
      try write(idx([6], [0, 1, 2, 0, 1, 11]), labels)
      let error = #expect(throws: ImageDataError.self) {
        try ImageReader(
          request: ImageRequest(data: "fashion-mnist"), path: folder, known: .fashionMNIST
        ).read()
      }
      #expect(error?.problem == .label(row: 5, value: 11, limit: 10) && error?.path == labels)
      try write(idx([2, 3], [0, 1, 2, 0, 1, 2]), labels)
      #expect(throws: IDXError.self) { try ImageRequest(data: folder).read() }
      try FileManager.default.removeItem(atPath: labels)
      #expect(
        problem(folder)
          == .missingFile("train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz"))
      try writeIDX(in: folder)
      try write(
        idx([3, 4, 4], [UInt8](repeating: 1, count: 48)), "\(folder)/t10k-images-idx3-ubyte")
      guard case .imageSize? = problem(folder) else {
        Issue.record("images of another size were not refused")
        return
      }
      try write(idx([6, 2, 4], [1, 2]), "\(folder)/train-images-idx3-ubyte")
      #expect(throws: IDXError.self) { try ImageRequest(data: folder).read() }
    }
  }

  @Test("options that make no sense are refused by name")
  func options() throws {
    try withTemporaryFolder { folder in
      try writeIDX(in: folder)
      #expect(problem(folder) { $0.shrink = 4 } == .shrink(4, shape: [1, 2, 4]))
      for change: (inout ImageRequest) -> Void in [
        { $0.labels = "a" }, { $0.heldOut = 0.2 }, { $0.latentScale = 1 }, { $0.latentShift = 1 },
      ] {
        guard case .option? = problem(folder, change) else {
          Issue.record("an option was taken")
          continue
        }
      }
      for change: (inout ImageRequest) -> Void in [
        { $0.shrink = 0 }, { $0.heldOut = 1 }, { $0.latentScale = 0 },
        { $0.latentShift = .infinity },
      ] {
        guard case .setting? = problem(folder, change) else {
          Issue.record("a setting was taken")
          continue
        }
      }
    }
  }

  // MARK: CIFAR-10

  @Test("CIFAR-10's batches are records of a label and three planes")
  func cifar() throws {
    try withTemporaryFolder { folder in
      func batch(_ labels: [UInt8]) -> Data {
        labels.reduce(into: Data()) { data, label in
          data.append(label)
          for tone in [10 + label, 20, 30] { data += [UInt8](repeating: tone, count: 1024) }
        }
      }
      for number in 1...5 {
        try write(batch([UInt8(number)]), "\(folder)/data_batch_\(number).bin")
      }
      #expect(problem(folder) == .missingFile("test_batch.bin"))
      try write(batch([9, 0]), "\(folder)/test_batch.bin")
      let found = try read(folder)
      #expect(found.source.pointShape == [3, 32, 32])
      #expect(found.source.training.labels == [1, 2, 3, 4, 5])
      #expect(found.source.heldOut.labels == [9, 0] && found.record.classNames[9] == "truck")
      let image = found.source.training.image(1, in: ImageUnits(center: 0, scale: 1))
      #expect(image[0] == 12 && image[1024] == 20 && image[2048] == 30)
      try write(batch([9, 0]).dropLast(), "\(folder)/test_batch.bin")
      #expect(problem(folder) == .length(found: 6145, record: 3073))
      try write(Data(), "\(folder)/test_batch.bin")
      #expect(problem(folder) == .length(found: 0, record: 3073))
      try write(batch([10]), "\(folder)/test_batch.bin")
      #expect(problem(folder) == .label(row: 0, value: 10, limit: 10))
    }
  }

  // MARK: Arrays

  @Test("arrays of floats tell by their range what they are, and labels come from another file")
  func arrays() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/images.npy"
      let values = (0..<40).map { Float($0) / 40 }
      try NumpyArray.write(values, shape: [10, 1, 2, 2], to: path)
      try NumpyArray.write((0..<10).map { Double($0 % 2) }, shape: [10], to: "\(folder)/labels.npy")
      let unit = try read(path) { $0.labels = "\(folder)/labels.npy" }
      #expect(unit.record.units == ImageUnits(center: 0.5, scale: 0.5))
      #expect(unit.record.classCount == 2 && unit.record.count == 8 && unit.record.heldOut == 2)
      try NumpyArray.write(values.map { 2 * $0 - 1 }, shape: [10, 2, 2], to: path)
      let signed = try read(path) { $0.heldOut = 0.5 }
      #expect(signed.record.units == ImageUnits(center: 0, scale: 1))
      #expect(signed.record.shape == [1, 2, 2] && signed.record.heldOut == 5)
      #expect(signed.record.classCount == 0)
      try NumpyArray.write(values.map { 3 * $0 }, shape: [10, 1, 2, 2], to: path)
      guard case .pixel(let index, _)? = problem(path) else {
        Issue.record("a number out of range was taken")
        return
      }
      #expect(index == 14)
      try NumpyArray.write(values, shape: [40], to: path)
      guard case .shape? = problem(path) else {
        Issue.record("an array of another shape was taken")
        return
      }
    }
  }

  @Test("safetensors bring images and labels; what is no label is refused")
  func safeTensors() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.safetensors"
      var file = SafeTensors()
      file["images"] = SafeTensors.Tensor((0..<16).map { Double($0) / 16 }, shape: [4, 1, 2, 2])
      file["labels"] = SafeTensors.Tensor([Int64(0), 1, 2, 1], shape: [4])
      try file.write(to: path)
      #expect(try read(path).record.classCount == 3)
      file["labels"] = SafeTensors.Tensor([0.0, 1, 0.5, 1], shape: [4])
      try file.write(to: path)
      #expect(problem(path) == .label(row: 2, value: 0.5, limit: 65_536))
      file["labels"] = SafeTensors.Tensor([Int64(0)], shape: [1])
      try file.write(to: path)
      #expect(problem(path) == .counts(images: 4, labels: 1))
      #expect(
        problem(path) { $0.labels = "classes" }
          == .missingArray("classes", available: ["images", "labels"]))
      file["images"] = SafeTensors.Tensor([Int64](repeating: 1, count: 16), shape: [4, 1, 2, 2])
      try file.write(to: path)
      #expect(problem(path) == .elementType(.int64, expected: "unsigned bytes and floats"))
      try write(Data("text".utf8), "\(folder)/a.txt")
      #expect(problem("\(folder)/a.txt") == .wrongKind(.text))
    }
  }

  // MARK: PNG

  @Test("a folder for each class makes a set, its parts by lot or by their names")
  func png() throws {
    try withTemporaryFolder { folder in
      func image(_ tone: UInt8) -> PNGImage {
        PNGImage(kind: .color, width: 2, height: 1, pixels: [tone, 1, 2, tone, 4, 5])
      }
      for root in ["a", "b/train", "b/test"] {
        for (label, name) in ["coat", "bag"].enumerated() {
          let place = "\(folder)/\(root)/\(name)"
          try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: true)
          for number in 0..<3 {
            try image(UInt8(10 * label + number)).write(to: "\(place)/\(number).png")
          }
        }
      }
      let found = try read("\(folder)/a") { $0.heldOut = 0.5 }
      #expect(found.record.classNames == ["bag", "coat"] && found.record.shape == [3, 1, 2])
      #expect(found.record.count == 3 && found.record.heldOut == 3)
      let split = try read("\(folder)/b")
      #expect(split.source.training.labels == [0, 0, 0, 1, 1, 1])
      #expect(split.source.training == split.source.heldOut)
      #expect(
        split.source.training.image(0, in: ImageUnits(center: 0, scale: 1)) == [10, 10, 1, 4, 2, 5])
      try FileManager.default.createDirectory(
        atPath: "\(folder)/b/test/hat", withIntermediateDirectories: true)
      guard case .classes? = problem("\(folder)/b") else {
        Issue.record("parts of other classes were taken")
        return
      }
    }
  }

  @Test("folders of PNG that make no set are refused with the file")
  func brokenPNG() throws {
    try withTemporaryFolder { folder in
      func image(_ width: Int, _ kind: PNGImage.Kind = .grey) -> PNGImage {
        PNGImage(
          kind: kind, width: width, height: 1,
          pixels: [UInt8](repeating: 7, count: width * kind.channels))
      }
      #expect(problem(folder) == .unknownContents)
      try image(2).write(to: "\(folder)/loose.png")
      #expect(problem(folder) == .noClasses)
      let bag = "\(folder)/bag"
      try FileManager.default.createDirectory(atPath: bag, withIntermediateDirectories: true)
      #expect(problem(folder) == .emptyClass)
      try image(2).write(to: "\(bag)/0.png")
      #expect(problem(folder) == .tooFew(1))
      try image(3).write(to: "\(bag)/1.png")
      #expect(
        problem(folder)
          == .imageSize(found: [1, 1, 3], expected: [1, 1, 2], first: "\(bag)/0.png"))
      try image(2, .color).write(to: "\(bag)/1.png")
      #expect(
        problem(folder)
          == .imageSize(found: [3, 1, 2], expected: [1, 1, 2], first: "\(bag)/0.png"))
      try write(Data("no image".utf8), "\(bag)/1.png")
      #expect(throws: PNGError(path: "\(bag)/1.png", problem: .notPNG)) {
        try ImageRequest(data: folder).read()
      }
    }
  }
}
