// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Where a block of text stands beside its anchor.
enum HorizontalAnchor: Sendable {
  case leading, center, trailing
}

/// Where a block of text stands above or below its anchor.
enum VerticalAnchor: Sendable {
  case top, middle, bottom
}

/// Marked-up text set in lines, ready to be placed.
struct TextBlock: Equatable {
  /// A stretch of characters in one font, `x` from the start of its line and `rise` above the
  /// baseline.
  struct Run: Equatable {
    var text: String
    var font: Font
    var x: Double
    var rise: Double
  }

  struct Line: Equatable {
    var runs: [Run]
    var width: Double
    var ascent: Double
    var descent: Double
  }

  private static let leading = 0.3

  let lines: [Line]
  let font: Font

  /// Sets `text` in `font`; lines longer than `maximumWidth` are broken at spaces.
  init(_ text: String, font: Font, maximumWidth: Double = .infinity, canvas: some Canvas) {
    let setter = LineSetter(canvas: canvas, font: font)
    lines = text.isEmpty ? [] : setter.lines(of: Markup(text).atoms, maximumWidth: maximumWidth)
    self.font = font
  }

  var isEmpty: Bool { lines.isEmpty }

  var width: Double { lines.map(\.width).max() ?? 0 }

  var height: Double {
    lines.reduce(0) { $0 + $1.ascent + $1.descent }
      + Double(max(lines.count - 1, 0)) * TextBlock.leading * font.size
  }

  /// Draws the block beside `anchor`. A rotated block reads upwards: its own horizontal runs from
  /// bottom to top of the page.
  func draw(
    on canvas: inout some Canvas, at anchor: PlotPoint, horizontal: HorizontalAnchor,
    vertical: VerticalAnchor, upwards: Bool = false, color: Color = Typography.textColor
  ) {
    guard let first = lines.first else { return }
    var baseline =
      switch vertical {
      case .top: first.ascent
      case .bottom: first.ascent - height
      case .middle: middleBaseline(first)
      }
    for (index, line) in lines.enumerated() {
      if index > 0 {
        baseline += lines[index - 1].descent + TextBlock.leading * font.size + line.ascent
      }
      let start =
        switch horizontal {
        case .leading: 0.0
        case .center: -line.width / 2
        case .trailing: -line.width
        }
      for run in line.runs {
        let across = start + run.x
        let down = baseline - run.rise
        let origin =
          upwards
          ? PlotPoint(x: anchor.x + down, y: anchor.y - across)
          : PlotPoint(x: anchor.x + across, y: anchor.y + down)
        canvas.drawText(run.text, font: run.font, at: origin, upwards: upwards, color: color)
      }
    }
  }

  /// Centres the capitals, not the boxes: digits beside a tick look centred only so.
  private func middleBaseline(_ first: Line) -> Double {
    guard lines.count > 1 else { return font.capHeight / 2 }
    return first.ascent - height / 2
  }
}

/// Breaks atoms into lines and gives every run its place.
private struct LineSetter<Output: Canvas> {
  let canvas: Output
  let font: Font

  func lines(of atoms: [Markup.Atom], maximumWidth: Double) -> [TextBlock.Line] {
    atoms.split(separator: .lineBreak, omittingEmptySubsequences: false).flatMap { paragraph in
      wrapped(Array(paragraph), maximumWidth: maximumWidth)
    }
  }

  private func wrapped(_ atoms: [Markup.Atom], maximumWidth: Double) -> [TextBlock.Line] {
    let words = atoms.split(separator: .space).map(Array.init)
    var rows: [[Markup.Atom]] = []
    var row: [Markup.Atom] = []
    for word in words {
      let longer = row.isEmpty ? word : row + [.space] + word
      if !row.isEmpty, maximumWidth < .infinity, line(longer).width > maximumWidth {
        rows.append(row)
        row = word
      } else {
        row = longer
      }
    }
    rows.append(row)
    return rows.map(line)
  }

  private func line(_ atoms: [Markup.Atom]) -> TextBlock.Line {
    var runs: [TextBlock.Run] = []
    let width = set(atoms, font: font, x: 0, rise: 0, into: &runs)
    return TextBlock.Line(
      runs: joined(runs), width: width,
      ascent: runs.map { $0.rise + $0.font.ascent }.reduce(font.ascent, max),
      descent: runs.map { $0.font.descent - $0.rise }.reduce(font.descent, max))
  }

  /// Appends the runs of `atoms` from `x` on and returns where they end.
  private func set(
    _ atoms: [Markup.Atom], font: Font, x: Double, rise: Double, into runs: inout [TextBlock.Run]
  ) -> Double {
    let size = font.size
    var x = x
    for atom in atoms {
      switch atom {
      case .text(let text, let italic):
        x += append(text, italic ? font.slanted : font, x: x, rise: rise, into: &runs)
      case .space:
        x += append(" ", font, x: x, rise: rise, into: &runs)
      case .lineBreak:
        break
      case .bold(let base):
        x = set(base, font: Font(size: size, bold: true), x: x, rise: rise, into: &runs)
      case .scripts(let lower, let upper):
        let small = Font(size: size * 0.72, bold: font.bold)
        let start = x + 0.04 * size
        let lowerEnd = set(lower, font: small, x: start, rise: rise - 0.2 * size, into: &runs)
        let upperEnd = set(upper, font: small, x: start, rise: rise + 0.36 * size, into: &runs)
        x = max(lowerEnd, upperEnd) + 0.04 * size
      case .accent(let mark, let base):
        let end = set(base, font: font, x: x, rise: rise, into: &runs)
        let markWidth = canvas.textWidth(String(mark), font: font)
        runs.append(
          TextBlock.Run(
            text: String(mark), font: font, x: (x + end - markWidth) / 2 + 0.05 * size,
            rise: rise + (isTall(base) ? 0.2 * size : 0.02 * size)))
        x = end
      }
    }
    return x
  }

  private func append(
    _ text: String, _ font: Font, x: Double, rise: Double, into runs: inout [TextBlock.Run]
  ) -> Double {
    runs.append(TextBlock.Run(text: text, font: font, x: x, rise: rise))
    return canvas.textWidth(text, font: font)
  }

  private func isTall(_ atoms: [Markup.Atom]) -> Bool {
    guard case .text(let text, _)? = atoms.first, let letter = text.first else { return false }
    return letter.isUppercase || "bdfhklt".contains(letter)
  }

  /// Joins neighbours on one baseline in one font, so that words reach the canvas whole.
  private func joined(_ runs: [TextBlock.Run]) -> [TextBlock.Run] {
    runs.reduce(into: []) { result, run in
      guard let last = result.last, last.font == run.font, last.rise == run.rise,
        abs(last.x + canvas.textWidth(last.text, font: last.font) - run.x) < 1e-6
      else {
        result.append(run)
        return
      }
      result[result.count - 1].text += run.text
    }
  }
}
