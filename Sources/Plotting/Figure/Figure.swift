// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Files
import Foundation

/// A picture of panels with a title, a legend and a caption: a value that holds its data.
///
/// ```swift
/// let panel = Panel(
///   x: Axis("step"), y: Axis("$E\\Vert D f\\Vert^2$", scale: .log10),
///   layers: [.line(Line(x: steps, mean: mean, error: error, color: Palette.blue, label: "iSD"))])
/// try Figure(width: 420, grids: [PanelGrid(rows: [[panel]])]).write(to: "loss.png", format: .png)
/// ```
///
/// All text is in the markup of ``Markup``. Encoding to JSON needs a strategy for numbers that are
/// not finite where a layer holds any.
public struct Figure: Sendable, Hashable, Codable {
  /// The width in points, margins included.
  public var width: Double
  /// The height in points; `nil` takes what the rows' heights ask for.
  public var height: Double?
  /// The title above all panels; may be empty.
  public var title: String
  /// Grids of panels, from top to bottom; each has columns of its own.
  public var grids: [PanelGrid]
  /// The text under the panels, wrapped to the width; none or empty draws none.
  public var caption: String?

  /// A figure of grids stacked from top to bottom.
  public init(
    width: Double, height: Double? = nil, title: String = "", grids: [PanelGrid],
    caption: String? = nil
  ) {
    precondition(!grids.isEmpty, "a figure needs at least one grid of panels")
    self.width = width
    self.height = height
    self.title = title
    self.grids = grids
    self.caption = caption
  }

  /// A figure of panels in one grid, filled row by row.
  public init(
    width: Double, height: Double? = nil, title: String = "", panels: [Panel], columns: Int,
    caption: String? = nil
  ) {
    precondition(columns > 0, "a grid needs at least one column")
    let rows = stride(from: 0, to: panels.count, by: columns).map {
      Array(panels[$0..<min($0 + columns, panels.count)])
    }
    self.init(
      width: width, height: height, title: title, grids: [PanelGrid(rows: rows)], caption: caption)
  }

  /// The caption with a sentence on the numbers that are not finite, where there are any.
  var fullCaption: String {
    let fields = Set(
      grids.flatMap(\.cells).flatMap(\.panel.layers).compactMap { $0.content.field })
    let total = fields.reduce(0) { $0 + $1.values.count }
    let count = fields.reduce(0) { $0 + $1.values.count { !$0.isFinite } }
    guard count > 0 else { return caption ?? "" }
    let sentence = "Not finite: \(count) of \(total) values, in a colour of their own or left open."
    return [caption ?? "", sentence].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Draws the figure on a canvas and returns its size in points.
  @discardableResult
  public func draw(on canvas: inout some Canvas) -> PlotRectangle {
    let layout = FigureLayout(self, canvas: canvas)
    layout.draw(on: &canvas)
    return PlotRectangle(x: 0, y: 0, width: width, height: layout.height)
  }

  /// The letters of the figure's texts that the typeface of this machine lacks and that are drawn as boxes, each once, in
  /// the order of their codes.
  public func lettersWithoutGlyph() -> [Character] {
    var recording = RecordingCanvas()
    draw(on: &recording)
    let texts = recording.commands.compactMap { command -> (text: String, font: Font)? in
      guard case .text(let text, let font, _, _, _) = command else { return nil }
      return (text, font)
    }
    // Where nothing can be measured nothing can be written either, and that is told then.
    let letters = try? CairoRenderer.measured { canvas in
      texts.flatMap { canvas.lettersWithoutGlyph($0.text, font: $0.font) }
    }
    return Set(letters ?? []).sorted()
  }

  /// Writes the figure whole or not at all: a former file is replaced in one step, and a failure
  /// leaves it as it was. The folder must exist.
  ///
  /// - Parameters:
  ///   - path: the file to write.
  ///   - format: the format to write, whatever the name ends in.
  ///   - scale: pixels to a point, positive; only PNG has pixels.
  /// - Throws: ``PlottingError``, which names the file and the cause.
  public func write(
    to path: String, format: FigureFormat, scale: Double = 2
  ) throws(PlottingError) {
    let bytes = try encoded(as: format, scale: scale, path: path)
    do {
      try AtomicFile.write(Data(bytes), to: path)
    } catch let error as FileError {
      throw .file(error)
    } catch {
      throw .rendering(path: path, cause: "\(error)")
    }
  }

  /// The bytes of a file of the figure.
  ///
  /// - Parameters:
  ///   - format: the format of the file.
  ///   - scale: pixels to a point, positive; only PNG has pixels.
  ///   - path: names the picture in errors.
  /// - Throws: ``PlottingError``
  public func encoded(
    as format: FigureFormat, scale: Double = 2, path: String
  ) throws(PlottingError) -> [UInt8] {
    precondition(scale > 0, "the scale must be positive")
    let layout: FigureLayout
    do {
      layout = try CairoRenderer.measured { FigureLayout(self, canvas: $0) }
    } catch {
      throw .rendering(path: path, cause: error.cause)
    }
    let pixels = format == .png ? scale : 1
    let sides = [width * pixels, layout.height * pixels]
    guard sides.allSatisfy({ $0 >= 1 && $0 <= Double(CairoRenderer.largestSide) }) else {
      throw .size(
        path: path, width: sides[0], height: sides[1], largest: CairoRenderer.largestSide)
    }
    do {
      return try CairoRenderer.render(
        width: width, height: layout.height, format: format, scale: scale
      ) { layout.draw(on: &$0) }
    } catch {
      throw .rendering(path: path, cause: error.cause)
    }
  }
}
