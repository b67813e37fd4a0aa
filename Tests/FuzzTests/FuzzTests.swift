// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import TestSupport
import Testing

/// Every reader of files from outside, on whole files and on damaged ones. A reader that traps, hangs or takes all memory
/// ends the tests; the input it fell over is left under its name.
///
/// `Scripts/fuzz` runs the same on as many inputs as are asked for.
@Suite(.serialized) struct FuzzTests {
  private struct Entry {
    let name: String
    let bytes: [UInt8]
  }

  private static func corpus() throws -> [Entry] {
    let folder = try #require(Bundle.module.url(forResource: "Corpus", withExtension: nil))
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      Entry(name: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0))))
    }
  }

  @Test("every file of the corpus is understood by its readers", arguments: FileReader.allCases)
  func whole(_ reader: FileReader) throws {
    let corpus = try Self.corpus()
    try withTemporaryFolder { folder in
      for name in reader.understood {
        let entry = try #require(corpus.first { $0.name == name })
        let path = "\(folder)/\(name)"
        try Data(entry.bytes).write(to: URL(fileURLWithPath: path))
        #expect(throws: Never.self, "\(reader) of \(name)") {
          try reader.read(Data(entry.bytes), at: path, run: folder)
        }
      }
    }
  }

  /// What the environment asks for.
  private struct Request {
    let seed: UInt64
    let inputs: Range<Int>
    /// Told each input before it is read.
    let log: String?

    init(_ environment: [String: String]) {
      let first = environment["TOYLAB_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
      inputs = first..<first + (environment["TOYLAB_FUZZ_INPUTS"].flatMap { Int($0) } ?? 3000)
      seed = environment["TOYLAB_FUZZ_SEED"].flatMap { UInt64($0) } ?? 0
      log = environment["TOYLAB_FUZZ_LOG"]
    }
  }

  @Test("no reader falls over a damaged file")
  func damaged() throws {
    let request = Request(ProcessInfo.processInfo.environment)
    let corpus = try Self.corpus()
    let readers = FileReader.allCases
    var (refused, understood) = (0, 0)
    try withTemporaryFolder { folder in
      let run = "\(folder)/run"
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
      for input in request.inputs {
        var mutator = Mutator(seed: request.seed, input: input)
        // Every reader meets its own files most of the time, and sometimes any.
        let reader = readers[input % readers.count]
        let own = corpus.filter { reader.understood.contains($0.name) }
        let entries = own.isEmpty || mutator.below(4) == 0 ? corpus : own
        let entry = entries[mutator.below(entries.count)]
        let other = corpus[mutator.below(corpus.count)]
        let bytes = Data(mutator.mutated(entry.bytes, with: other.bytes))
        let path = "\(folder)/\(input)-\(entry.name)"
        try bytes.write(to: URL(fileURLWithPath: path))
        if let log = request.log {
          try "\(request.seed) \(input) \(reader)\n"
            .write(toFile: log, atomically: false, encoding: .utf8)
        }
        do {
          try reader.read(bytes, at: path, run: run)
          understood += 1
        } catch {
          refused += 1
          if String(describing: error).isEmpty {
            Issue.record("\(reader), input \(input): refused without a word")
          }
        }
        try FileManager.default.removeItem(atPath: path)
      }
    }
    let count = request.inputs.count
    // Damage that never harms, or always does, tries nothing.
    #expect(
      count < 100 || refused > count / 4 && understood > count / 50,
      "\(refused) refused, \(understood) understood of \(count)")
    if request.log != nil {
      print(
        "\(count) inputs from \(request.inputs.lowerBound): \(refused) refused, \(understood) understood"
      )
    }
  }
}
