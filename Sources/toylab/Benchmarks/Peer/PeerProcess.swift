// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation

/// A running peer program. Requests are answered one after the other; the process ends with ``quit()`` or
/// with the last reference.
final class PeerProcess {
  let python: String
  /// The library the peer measures, with its version.
  private(set) var libraryName = ""

  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private let errors: URL
  private var unread = Data()
  private var isRunning = false

  /// Starts a peer on a number of threads and waits until it is ready.
  ///
  /// - Parameters:
  ///   - python: a path, or a name that is looked up in PATH.
  ///   - script: the path of the peer program.
  /// - Throws: ``PeerError``.
  init(python: String, script: String, threads: Int) throws {
    self.python = python
    guard FileManager.default.isReadableFile(atPath: script) else {
      throw PeerError.noScript(path: script)
    }
    guard let executable = executablePath(python) else { throw PeerError.noPython(path: python) }
    errors = FileManager.default.temporaryDirectory
      .appendingPathComponent("toylab-peer-\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: errors.path, contents: nil),
      let errorFile = FileHandle(forWritingAtPath: errors.path)
    else { throw PeerError.ended(python: python, detail: "\(errors.path) cannot be written") }
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = [script, "--threads", "\(threads)"]
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = errorFile
    // A peer that has ended is found out by its missing answer, not by a signal that ends this process.
    signal(SIGPIPE, SIG_IGN)
    do {
      try process.run()
    } catch {
      try? FileManager.default.removeItem(at: errors)
      throw PeerError.noPython(path: python)
    }
    isRunning = true
    // Foundation may have closed the peer's ends already.
    try? answers.fileHandleForWriting.close()
    try? requests.fileHandleForReading.close()
    let greeting: PeerGreeting = try answer(to: "start")
    guard greeting.ready, greeting.threads == threads else {
      throw PeerError.refused(
        request: "start", text: "it is ready for \(greeting.threads) threads, not \(threads)")
    }
    libraryName = greeting.name
  }

  deinit {
    quit()
    try? FileManager.default.removeItem(at: errors)
  }

  /// Compiles an item and warms it up.
  func prepare(_ preparation: PeerPreparation) throws {
    let request = PeerRequest.prepare(preparation)
    try send(request)
    let _: PeerPrepared = try answer(to: request.words)
  }

  /// Runs what was prepared once.
  ///
  /// - Returns: milliseconds a step.
  func run(_ name: String, form: PeerForm) throws -> Double {
    let request = PeerRequest.run(PeerRun(name: name, form: form))
    try send(request)
    let timing: PeerTiming = try answer(to: request.words)
    guard timing.steps > 0, timing.seconds > 0, timing.seconds.isFinite else {
      throw PeerError.refused(
        request: request.words, text: "\(timing.seconds) s for \(timing.steps) steps is no time")
    }
    return timing.milliseconds
  }

  /// Loss and gradient of one batch.
  func gradient(_ check: PeerCheck) throws -> PeerGradient {
    let request = PeerRequest.check(check)
    try send(request)
    return try answer(to: request.words)
  }

  /// Ends the process and waits for it.
  func quit() {
    guard isRunning else { return }
    isRunning = false
    // A peer that has ended already cannot be told to.
    try? send(.quit)
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  private func send(_ request: PeerRequest) throws {
    let line = try JSON.line(request)
    do {
      try requests.fileHandleForWriting.write(contentsOf: line)
    } catch {
      throw ended()
    }
  }

  private func answer<Answer: Decodable>(to request: String) throws -> Answer {
    let line = try readLine()
    if let failure = try? JSON.decode(PeerFailure.self, from: line) {
      throw PeerError.refused(request: request, text: failure.error)
    }
    do {
      return try JSON.decode(from: line)
    } catch {
      throw PeerError.refused(
        request: request, text: "it answered \(String(decoding: line, as: UTF8.self))")
    }
  }

  private func readLine() throws -> Data {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[unread.startIndex..<end]
        unread = Data(unread[(end + 1)...])
        return Data(line)
      }
      let more = answers.fileHandleForReading.availableData
      if more.isEmpty { throw ended() }
      unread += more
    }
  }

  /// The error of a process that is gone, with its last words.
  private func ended() -> PeerError {
    let text = (try? Data(contentsOf: errors)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let last = text.split(separator: "\n").last.map { String($0) }
    return .ended(python: python, detail: last ?? "it wrote no message")
  }
}

/// The file that a command name stands for, nil if there is none that can be executed.
private func executablePath(_ name: String) -> String? {
  let manager = FileManager.default
  func isProgram(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return manager.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
      && manager.isExecutableFile(atPath: path)
  }
  if name.contains("/") { return isProgram(name) ? name : nil }
  let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  return folders.map { "\($0)/\(name)" }.first(where: isProgram)
}
