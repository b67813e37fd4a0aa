// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Foundation
import Pages
import Theory

/// `toylab book`
struct BookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "book",
    abstract: "Make pages of all figures and claims from what is there, without running anything.",
    discussion: """
      The folder receives index.html, a page for each figure whose data lie in the folder of the figures, drawn from them, \
      and one of the claims of the theory. What a walkthrough said stands in its page if it was run with --page; the claims \
      have numbers if --findings names what toylab verify --json has written.

        toylab figure3 --page && toylab verify --json findings.json
        toylab book --findings findings.json --out book
      """)

  @Option(help: ArgumentHelp("The folder of the pages; it is created.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "The folder of the figures, whose data lie in the folder data below it.", valueName: "folder")
  )
  var figures = "figures"

  @Option(
    help: ArgumentHelp("Results of the claims, from toylab verify --json.", valueName: "file"))
  var findings: String?

  func validate() throws {
    if out.isEmpty {
      throw ValidationError("--out is empty; accepted is the path of a folder.")
    }
  }

  func run() throws {
    guard FileSystem.isFolder(figures) else {
      throw Setting.error("--figures", figures, accepted: "a folder")
    }
    let report = try findings.map { path -> TheoryReport in
      do {
        return try JSON.decode(from: try FileSystem.contents(of: path), path: path)
      } catch is DecodingError {
        throw Setting.error("--findings", path, accepted: "a file of toylab verify --json")
      }
    }
    let book = try Book(
      figuresIn: figures, link: relativePath(from: out, to: figures), report: report)
    try book.write(to: out)
    try StandardOutput.write(
      "\(book.figures.count) figures, \(theoryChecks.count) claims: \(out)/index.html\n"
        + (book.missing.isEmpty
          ? ""
          : "Without data: " + book.missing.map { "figure\($0.number)" }.joined(separator: ", ")
            + "\n"))
  }
}

/// What leads from one folder to another; empty for the same.
func relativePath(from folder: String, to other: String) -> String {
  func parts(_ path: String) -> [String] {
    URL(fileURLWithPath: path).standardizedFileURL.pathComponents
  }
  let (start, end) = (parts(folder), parts(other))
  let shared = zip(start, end).prefix { $0 == $1 }.count
  return (Array(repeating: "..", count: start.count - shared) + end.dropFirst(shared))
    .joined(separator: "/")
}
