// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Foundation
import Testing

@testable import Plotting

@Suite("Figures in files")
struct FigureTests {
  /// One panel for each kind of layer.
  private var gallery: Figure {
    let field = ScalarGrid(x: -1...1, y: -1...1, columns: 9, rows: 9) { $0 * $0 - $1 * $1 }
    let flow = VectorGrid(x: -1...1, y: -1...1, columns: 9, rows: 9) { (-$1, $0) }
    let corners = [(0.0, 0.0), (1, 0), (0, 1), (1, 1)].map { PlotPoint(x: $0.0, y: $0.1) }
    let x = (1...5).map(Double.init)
    let layers: [Layer] = [
      .line(Line(x: x, mean: x, error: x.map { $0 / 4 }, color: Palette.blue, label: "$x_t$")),
      .band(Band(x: x, lower: x, upper: x.map { $0 + 1 }, color: Palette.green)),
      .scatter(Scatter(x: x, y: x, values: x)),
      .heatMap(HeatMap(grid: field, colors: ColorScale(.diverging))),
      .contours(Contours(grid: field)),
      .filledContours(FilledContours(grid: field)),
      .quiver(Quiver(grid: flow)),
      .streamlines(Streamlines(grid: flow)),
      .paths(Paths([corners], stroke: StrokeStyle(.black), endMarker: Marker(.diamond))),
      .deformedGrid(DeformedGrid(columns: 2, rows: 2, nodes: corners)),
      .bars(Bars(x: x, heights: x, errors: x, colors: [Palette.orange])),
      .errorBars(ErrorBars(x: x, y: x, errors: x, color: .black, marker: Marker(.cross))),
      .reference(ReferenceLine(.horizontal(1))),
      .text(Annotation("$\\hat{v}$ \\le{} 1", x: 0, y: 0)),
      .polygon(Polygon(corners, fill: Palette.yellow)),
      .surface(Surface(grid: field, xLabel: "$q_1$")),
    ]
    return Figure(
      width: 800, title: "Gallery",
      panels: layers.map { Panel(title: "Layer", colorBar: ColorBar("value"), layers: [$0]) },
      columns: 4, caption: "A caption.")
  }

  private func written(
    _ figure: Figure, _ format: FigureFormat, scale: Double = 2
  ) throws -> Data {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("figure-\(UUID().uuidString).\(format.rawValue)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try figure.write(to: path, format: format, scale: scale)
    return try #require(FileManager.default.contents(atPath: path))
  }

  @Test(
    "Every format carries its signature and a picture",
    arguments: zip(
      FigureFormat.allCases,
      [
        Array("\u{0089}PNG".unicodeScalars.map { UInt8($0.value) }),
        Array("<?xml".utf8), Array("%PDF-".utf8),
      ]))
  func signatures(_ format: FigureFormat, _ signature: [UInt8]) throws {
    let data = try written(gallery, format)
    #expect(data.starts(with: signature))
    #expect(data.count > 30_000)
  }

  @Test("A PNG has the pixels of its points and scale", arguments: [1.0, 2.0])
  func pixels(_ scale: Double) throws {
    let figure = Figure(width: 300, height: 200, panels: [Panel(layers: [])], columns: 1)
    let data = try written(figure, .png, scale: scale)
    func number(at offset: Int) -> Double {
      Double(data[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) })
    }
    // Width and height follow the signature, the length and the name of the header chunk.
    #expect(number(at: 16) == 300 * scale)
    #expect(number(at: 20) == 200 * scale)
  }

  // Cairo numbers the definitions of an SVG file through the life of the process.
  @Test("The same figure gives the same bytes", arguments: [FigureFormat.png, .pdf])
  func reproducible(_ format: FigureFormat) throws {
    #expect(try written(gallery, format) == written(gallery, format))
  }

  @Test("A figure survives encoding")
  func codable() throws {
    let decoded = try JSONDecoder().decode(Figure.self, from: JSONEncoder().encode(gallery))
    #expect(decoded == gallery)
  }

  @Test("A folder that does not exist is reported and not made")
  func missingFolder() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("absent-\(UUID().uuidString)").path
    let error = try #require(throws: PlottingError.self) {
      try gallery.write(to: folder + "/figure.png", format: .png)
    }
    #expect(error.description.contains(folder + "/figure.png"))
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test("A picture larger than the renderer can make is refused by its size")
  func tooLarge() {
    let figure = Figure(width: 20_000, height: 100, panels: [Panel(layers: [])], columns: 1)
    #expect(
      throws: PlottingError.size(path: "large.png", width: 40_000, height: 200, largest: 32_767)
    ) { try figure.write(to: "large.png", format: .png) }
    #expect(!FileManager.default.fileExists(atPath: "large.png"))
  }

  @Test("Letters that the typeface lacks are known")
  func glyphs() {
    #expect(gallery.lettersWithoutGlyph().isEmpty)
    let figure = Figure(
      width: 300, title: "a \u{10FFFD} b", panels: [Panel(title: "\u{F0000}", layers: [])],
      columns: 1)
    #expect(figure.lettersWithoutGlyph() == ["\u{F0000}", "\u{10FFFD}"])
  }
}
