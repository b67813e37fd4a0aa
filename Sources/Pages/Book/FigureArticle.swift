// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Files
internal import Foundation
internal import Plotting
public import Walkthroughs

/// What a walkthrough said when it was run, kept beside its data so that its page can be made again without it.
public struct FigureRecord: Codable, Sendable, Hashable {
  /// The command that ran it.
  public let command: String
  public let passages: [Passage]

  public init(command: String, passages: [Passage]) {
    self.command = command
    self.passages = passages
  }

  /// Where the record of a figure lies below the folder of the figures.
  static func path(_ number: Int, in folder: String) -> String {
    "\(folder)/data/figure\(number).record.json"
  }

  /// Writes the record beside the data of its figure.
  ///
  /// - Throws: `FileError`
  public func write(number: Int, in folder: String) throws {
    try AtomicFile.write(try JSON.line(self), to: Self.path(number, in: folder))
  }
}

/// A walkthrough as an article: its picture, drawn from its data, and what it said.
public struct FigureArticle: Sendable {
  public let number: Int
  public let title: String
  public let summary: String
  /// The data file, from where the page lies.
  private let dataLink: String
  private let figure: Plotting.Figure
  /// nil where the walkthrough was not run with a page.
  private let record: FigureRecord?

  /// - Parameters:
  ///   - folder: of the figures; the data lie in the folder `data` below it.
  ///   - link: what leads from the page to that folder; empty for a page in it.
  /// - Returns: nil if there are no data.
  /// - Throws: `FileError`, or what reading the data throws.
  public init?(_ walkthrough: any Walkthrough.Type, in folder: String, link: String = "") throws {
    number = walkthrough.number
    title = walkthrough.title
    summary = walkthrough.summary
    let path = "\(folder)/data/figure\(number).json"
    guard FileSystem.exists(path) else { return nil }
    figure = try Walkthroughs.figure(
      of: walkthrough, drawnFrom: try FileSystem.contents(of: path), path: path)
    let place = (link.isEmpty ? "" : "\(link)/") + "data/figure\(number).json"
    dataLink = place.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? place
    let recordPath = FigureRecord.path(number, in: folder)
    record =
      FileSystem.exists(recordPath)
      ? try JSON.decode(from: try FileSystem.contents(of: recordPath), path: recordPath) : nil
  }

  /// The command that makes the figure.
  var command: String { record?.command ?? "toylab figure\(number)" }

  /// The claims with their verdicts; empty where they are not kept.
  var claims: [Claim] {
    (record?.passages ?? []).compactMap { passage in
      guard case .claim(let claim) = passage else { return nil }
      return claim
    }
  }

  /// The page.
  ///
  /// - Parameter index: the page of all figures, if there is one.
  /// - Throws: `PlottingError`
  public func page(index: String? = nil) throws -> Page {
    let picture = tag(
      "div",
      ["class": "scrolled wide", "role": "region", "aria-label": "Picture", "tabindex": "0"],
      [
        try .picture(
          figure, id: "figure\(number)", label: "Figure \(number): \(title). \(summary)",
          isPaper: true)
      ])
    var body: [PageNode] = index.map { [back(to: $0)] } ?? []
    body += [paragraph(summary), section("Picture", id: "picture", [picture])]
    if let record {
      body.append(
        section(
          "What it says", id: "text", record.passages.map(Self.node)))
    } else {
      body.append(
        paragraph(
          "Its words were not kept: the command below with --page makes them anew.", class: "quiet")
      )
    }
    body.append(
      section(
        "How to make it again", id: "again",
        [
          shellCommand(command),
          tag(
            "p", [:],
            [
              "The picture is drawn from ", tag("a", ["href": dataLink], [.text(dataLink)]),
              " alone.",
            ]),
        ]))
    return Page(title: "Figure \(number): \(title)", body: body)
  }

  private static func node(_ passage: Passage) -> PageNode {
    switch passage {
    case .prose(let text):
      tag(
        "pre", ["class": "prose", "tabindex": "0"],
        [.text(text.trimmingCharacters(in: .newlines))])
    case .claim(let claim):
      tag(
        "article", ["class": claim.isShown ? "finding fine" : "finding note"],
        [
          tag(
            "h3", [:], [.text("\(claim.isShown ? "Shown" : "Not shown here"): \(claim.statement)")]),
          paragraph(claim.evidence),
        ])
    }
  }
}

/// A link to the page of all pages.
func back(to index: String) -> PageNode {
  tag("nav", ["aria-label": "Book"], [tag("a", ["href": index], ["All pages"])])
}
