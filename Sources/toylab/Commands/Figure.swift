// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import ArgumentParser
import Files
import Pages
import Plotting
import Synchronization
import Training
import Walkthroughs

/// `toylab figure N`
struct Figure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the walkthrough of a figure by its number.",
    discussion: "Figures:\n" + figureList)

  @Argument(help: ArgumentHelp("The figure's number.", valueName: "number"))
  var number: Int

  @OptionGroup var options: FigureOptions

  func run() throws {
    guard let walkthrough = walkthroughs.first(where: { $0.number == number }) else {
      throw UnknownFigureError(number: number)
    }
    try options.run(walkthrough)
  }
}

/// A figure without a walkthrough.
struct UnknownFigureError: Error, Equatable, CustomStringConvertible {
  let number: Int

  var description: String { "there is no figure \(number); the figures are\n\(figureList)" }
}

private let figureList = walkthroughs.map { "  \($0.number)  \($0.title)" }.joined(separator: "\n")

/// `toylab figureN` for one walkthrough.
struct NumberedFigure<Experiment: Walkthrough>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "figure\(Experiment.number)", abstract: "\(Experiment.title).",
      discussion: Experiment.summary)
  }

  @OptionGroup var options: FigureOptions

  func run() throws { try options.run(Experiment.self) }
}

/// The subcommand of a walkthrough.
func figureCommand<Experiment: Walkthrough>(
  _ walkthrough: Experiment.Type
) -> any ParsableCommand.Type {
  NumberedFigure<Experiment>.self
}

/// What every walkthrough takes.
struct FigureOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "First seed, 0 to 2^64 - 1; further ones count up from it.")
  var seed: UInt64 = 0

  @Option(help: "Element type of trained networks.")
  var precision = Precision.float32

  @Option(
    help: ArgumentHelp(
      "Folder for the picture; its data go to the folder data below it.", valueName: "folder"))
  var out = "figures"

  @Option(help: "Format of the picture.")
  var format = FigureFormat.png

  @Flag(help: "More seeds and steps: slower, with smaller errors.")
  var thorough = false

  @Option(
    help: ArgumentHelp(
      "Another target: a preset, PRESET:DEVIATION, or a JSON file (default: the walkthrough's own).",
      valueName: "name|file"))
  var target: String?

  @Flag(
    help: """
      Also write the walkthrough as a page, figureN.html in the folder: its prose and numbers, claims with their \
      verdict and the picture.
      """)
  var page = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if out.isEmpty {
      throw ValidationError("--out is empty; accepted is the path of a folder.")
    }
  }

  func run(_ walkthrough: any Walkthrough.Type) throws {
    // Found out now rather than when the experiment is over.
    try FileSystem.checkWritable("\(out)/data")
    let unwritten = Mutex<(any Error)?>(nil)
    let passages = Mutex<[Passage]>([])
    try walkthrough.run(
      WalkthroughSession(
        seed: seed, threads: threads.count, precision: precision, isThorough: thorough,
        folder: out, format: format, target: target
      ) { passage in
        passages.withLock { $0.append(passage) }
        // Prose that nobody can read is no reason to lose the figure, but is told at the end.
        do {
          try StandardOutput.write(passage.text + "\n")
        } catch {
          unwritten.withLock { $0 = $0 ?? error }
        }
      })
    if page { try writePage(walkthrough, passages.withLock { $0 }) }
    if let error = unwritten.withLock({ $0 }) { throw error }
  }

  private func writePage(_ walkthrough: any Walkthrough.Type, _ passages: [Passage]) throws {
    try FigureRecord(command: commandLine(), passages: passages)
      .write(number: walkthrough.number, in: out)
    guard let article = try FigureArticle(walkthrough, in: out) else { return }
    let path = "\(out)/figure\(walkthrough.number).html"
    try article.page().write(to: path)
    try StandardOutput.write("Page:    \(path)\n")
  }
}
