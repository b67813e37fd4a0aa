// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files

/// The names of a sweep's axes and folders.
enum SweepNames {
  private static let longest = 100

  /// The shortest ends of keys that tell them apart: `peak` for `configuration.schedule.peak`.
  static func short(_ keys: [String]) -> [String] {
    keys.map { key in
      let parts = key.split(separator: ".")
      for count in 1...max(parts.count, 1) {
        let end = parts.suffix(count).joined(separator: ".")
        let others = keys.filter { $0 == end || $0.hasSuffix(".\(end)") }
        if others.count <= 1 && !end.hasPrefix("_") { return end }
      }
      return key
    }
  }

  /// Names of folders for settings, all different, also where letters of both cases are one.
  ///
  /// - Parameter values: of each axis.
  static func folders(_ axes: [String], _ points: [[JSONValue]]) -> [String] {
    var taken: Set<String> = []
    return points.enumerated().map { index, values in
      let parts = zip(axes, values).map { plain("\($0)-\($1.brief)") }
      var name = parts.isEmpty ? "base" : parts.joined(separator: "_")
      if name.utf8.count > longest { name = name.prefix(longest) + "_\(index + 1)" }
      if !taken.insert(name.lowercased()).inserted {
        name += "_\(index + 1)"
        taken.insert(name.lowercased())
      }
      return name
    }
  }

  /// A text with nothing in it that a shell or a file system takes for more than a letter.
  private static func plain(_ text: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "-+.".unicodeScalars.contains(scalar))
      if isPlain {
        name.unicodeScalars.append(scalar)
      } else if !name.hasSuffix("-") {
        name += "-"
      }
    }
    while name.hasSuffix("-") { name.removeLast() }
    return name
  }
}
