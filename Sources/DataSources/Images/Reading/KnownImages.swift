// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

/// Data sets that are found by their name.
public enum KnownImages: String, CaseIterable, Sendable, Codable {
  case fashionMNIST = "fashion-mnist"
  case cifar10 = "cifar-10"

  /// Folders of the system under which packages put data sets.
  public static let systemFolders = ["/usr/share/datasets", "/usr/local/share/datasets"]

  /// What it is, for lists.
  public var summary: String {
    switch self {
    case .fashionMNIST: "70,000 grey images of clothes, 28 by 28 (Debian's dataset-fashion-mnist)"
    case .cifar10: "60,000 colour images of things, 32 by 32 (its binary batches)"
    }
  }

  /// How to come by it.
  public var advice: String {
    switch self {
    case .fashionMNIST:
      "install them with: sudo apt install dataset-fashion-mnist; or give the folder of the four IDX files"
    case .cifar10:
      "give the folder of the \"binary version\" (data_batch_1.bin to data_batch_5.bin and test_batch.bin), "
        + "which comes from https://www.cs.toronto.edu/~kriz/cifar.html"
    }
  }

  /// The classes by their labels.
  public var classNames: [String] {
    switch self {
    case .fashionMNIST:
      [
        "T-shirt or top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
        "bag", "ankle boot",
      ]
    case .cifar10:
      [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ]
    }
  }

  /// The folder with the data.
  ///
  /// - Parameter roots: the folders under which it is looked for.
  /// - Throws: ``ImageDataError``.
  func folder(under roots: [String]) throws(ImageDataError) -> String {
    let places = roots.flatMap { root in
      switch self {
      case .fashionMNIST: ["\(root)/fashion-mnist"]
      case .cifar10: ["\(root)/cifar-10", "\(root)/cifar-10-batches-bin"]
      }
    }
    guard let found = places.first(where: { FileSystem.exists($0) }) else {
      throw ImageDataError(path: rawValue, problem: .notFound(self, places: places))
    }
    return found
  }
}
