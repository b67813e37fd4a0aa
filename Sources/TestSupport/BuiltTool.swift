// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation

/// The command `toylab` as it was built beside the tests, run in a process of its own: for what only a whole process
/// shows, such as its exit code, its streams and its signals.
public enum BuiltTool {
  /// What a process left.
  public struct Ending: Sendable {
    /// The exit code, or 128 and the number of the signal that ended it.
    public let code: Int32
    public let output: String
    public let errors: String
  }

  /// The path of the tool; nil where it does not lie beside the tests.
  public static let path: String? = {
    let words = CommandLine.arguments
    let bundle = words.firstIndex(of: "--test-bundle-path").flatMap { place in
      place + 1 < words.count ? words[place + 1] : nil
    }
    var folder = URL(fileURLWithPath: bundle ?? words[0])
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let tool = folder.appendingPathComponent("toylab").path
      if FileManager.default.isExecutableFile(atPath: tool), !isFolder(tool) { return tool }
    }
    return nil
  }()

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Runs a line of the shell in which `$TOYLAB` is the tool.
  ///
  /// - Parameters:
  ///   - folder: where it runs.
  ///   - environment: added to that of the tests.
  public static func shell(
    _ line: String, in folder: String, environment: [String: String] = [:]
  ) throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      .merging(["TOYLAB": path ?? ""]) { $1 }
    let names = [UUID().uuidString, UUID().uuidString].map { "\(folder)/.\($0)" }
    for name in names { _ = FileManager.default.createFile(atPath: name, contents: nil) }
    let files = try names.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = files[0]
    process.standardError = files[1]
    try process.run()
    process.waitUntilExit()
    let texts = names.map { text(at: $0) ?? "" }
    for name in names { try FileManager.default.removeItem(atPath: name) }
    let code = process.terminationStatus
    return Ending(
      code: process.terminationReason == .exit ? code : 128 + code, output: texts[0],
      errors: texts[1])
  }
}
