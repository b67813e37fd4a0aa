// Part of toylab. Licensed under Apache-2.0; see LICENSE.

public import Files

/// Images or latents that cannot be used. What is wrong with the format of a file is told by the format's own error.
public struct ImageDataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Problem: Sendable, Hashable {
    /// A known data set is not where it is looked for.
    case notFound(KnownImages, places: [String])
    /// There is nothing at a path.
    case nothing
    /// The file or folder holds nothing that is read as images.
    case unknownContents
    /// The file is of another kind.
    case wrongKind(FileKind)
    /// A file that belongs to the data is missing.
    case missingFile(String)
    /// There is no array of a name.
    case missingArray(String, available: [String])
    /// An array has another shape than it needs.
    case shape([Int], expected: String)
    /// An array has elements that are not read as what it is to be.
    case elementType(TensorElementType, expected: String)
    /// There are not as many labels as images.
    case counts(images: Int, labels: Int)
    /// A label is out of range.
    case label(row: Int, value: Double, limit: Int)
    /// A pixel is out of range.
    case pixel(index: Int, value: Double)
    /// An image is of another size or kind than the first.
    case imageSize(found: [Int], expected: [Int], first: String)
    /// The length of a file is not that of whole records.
    case length(found: Int, record: Int)
    /// A folder of images has no folder of a class in it.
    case noClasses
    /// A folder of a class is empty.
    case emptyClass
    /// The classes to train on and those held out differ.
    case classes(training: [String], heldOut: [String])
    /// There are too few images to hold some out.
    case tooFew(Int)
    /// The sides are no multiples of the factor.
    case shrink(Int, shape: [Int])
    /// An option that does not go with the data.
    case option(String, reason: String)
    /// A number of an option or of a file's metadata is not usable.
    case setting(String, value: String, accepted: String)
    /// The data are not those with which the run began.
    case changed(found: String, expected: String)
  }

  /// The file, folder or name.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// An error about a file, a folder or a name.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  public var description: String { "\(path): \(problem)." }
}

extension ImageDataError.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let data, let places):
      "the data are in none of \(places.joined(separator: ", ")); \(data.advice)"
    case .nothing:
      "there is no such folder or file; accepted are "
        + KnownImages.allCases.map(\.rawValue).joined(separator: ", ")
        + " or a path to \(Self.layouts)"
    case .unknownContents: "nothing here is read as images; accepted are \(Self.layouts)"
    case .wrongKind(let kind): "this is \(kind); accepted are \(Self.layouts)"
    case .missingFile(let name): "the file \(name) is missing"
    case .missingArray(let name, let available):
      "there is no array \"\(name)\"; there are "
        + (available.isEmpty ? "none" : available.map { "\"\($0)\"" }.joined(separator: ", "))
    case .shape(let found, let expected): "the shape is \(found); accepted is \(expected)"
    case .elementType(let found, let expected):
      "the elements are \(found.rawValue); accepted are \(expected)"
    case .counts(let images, let labels):
      "there are \(labels) labels for \(images) images; there must be one for each"
    case .label(let row, let value, let limit):
      "the label of image \(row) is \(value.formatted); accepted are whole numbers from 0 to "
        + "\(limit - 1)"
    case .pixel(let index, let value):
      "the number \(index) is \(value); accepted are bytes, and floats from 0 to 1 or from -1 to 1"
    case .imageSize(let found, let expected, let first):
      "the image is of \(Self.size(found)), and the first, \(first), of \(Self.size(expected)); all must be "
        + "alike"
    case .length(let found, let record):
      "the file has \(found) bytes, which are no whole number of records of \(record), one or more"
    case .noClasses:
      "there is no folder of a class here; accepted is a folder for each class with its PNG files in it"
    case .emptyClass: "the folder of this class is empty; accepted are one PNG file or more"
    case .classes(let training, let heldOut):
      "the classes to train on are \(training.joined(separator: ", ")), and those held out "
        + "\(heldOut.joined(separator: ", ")); they must be the same"
    case .tooFew(let count):
      "there are \(count) images, of which none can be held out; accepted are two or more"
    case .shrink(let factor, let shape):
      "images of \(shape[2]) by \(shape[1]) pixels cannot be shrunk by \(factor); accepted is a factor of "
        + "both sides"
    case .option(let option, let reason): "\(option) does not go with these data: \(reason)"
    case .setting(let setting, let value, let accepted):
      "\(setting) is \(value); accepted is \(accepted)"
    case .changed(let found, let expected):
      "the data have the fingerprint \(found), and those of the run \(expected): they are others, or have "
        + "changed"
    }
  }

  private static func size(_ shape: [Int]) -> String {
    "\(shape[2]) by \(shape[1]) pixels with \(shape[0]) channel\(shape[0] == 1 ? "" : "s")"
  }

  private static let layouts =
    "a folder of IDX files as Fashion-MNIST has them, of CIFAR-10's binary batches, of PNG files by class, or of "
    + "latents (.safetensors); an array [N, C, H, W] (.npy, .safetensors)"
}

extension Double {
  /// Without a fraction that is none.
  fileprivate var formatted: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
