// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import GroundTruth
import Measures
import Plotting

// The picture of figure 13, drawn from its data alone.

extension SameCoreOnImages {
  struct Picture: Codable {
    let digits: [DigitRun]
    let clothes: ClothesResults
    let isThorough: Bool
  }

  private static var digitColors: [Color] { [Palette.green, Palette.blue, Palette.vermilion] }
  private static var runColors: [Color] { [Palette.orange, Palette.purple] }

  static func draw(_ data: Picture) -> Figure {
    Figure(
      width: 1180, title: "The same core on images",
      grids: [
        PanelGrid(
          rows: [
            [
              curves("LED at $s$ = 0", data.digits) { $0.led },
              curves("flow-map error", data.digits) { $0.mapError },
            ] + data.digits.map(pairs)
          ], columnWidths: [1.5, 1.5, 1, 1, 1]),
        PanelGrid(rows: galleryRows(data.clothes), spacing: 10),
        PanelGrid(rows: [[training(data.clothes), steps(data.clothes)]], rowHeights: [0.4]),
      ], caption: caption(data))
  }

  private static func curves(
    _ title: String, _ runs: [DigitRun], _ value: (DigitRun.Row) -> Estimate
  ) -> Panel {
    Panel(
      title: title, x: Axis("training step"), y: Axis(scale: .log10),
      layers: zip(runs, digitColors).map { run, color in
        .line(
          Line(
            x: run.rows.map { Double($0.step) }, mean: run.rows.map { value($0).value },
            error: run.rows.map { min(value($0).standardError, 0.9 * value($0).value) },
            color: color, label: run.name))
      })
  }

  /// Exact images at the left, what the network makes of the same noise at the right.
  private static func pairs(_ run: DigitRun) -> Panel {
    let rows = min(run.samples.count, 5)
    let tiles = (0..<rows).flatMap { row in
      [run.exact[row], run.samples[row], run.exact[row + rows], run.samples[row + rows]]
    }
    return mosaic(run.name, tiles, columns: 4, side: GlyphPreset.size)
  }

  /// Samples of self-distillation in one step through training; then of both runs at their end.
  private static func galleryRows(_ results: ClothesResults) -> [[Panel]] {
    func panels(_ name: String, _ keep: (_ gallery: ClothesResults.Gallery, _ last: Int) -> Bool)
      -> [Panel]
    {
      results.runs.filter { $0.name == name }.flatMap { run -> [Panel] in
        let last = run.galleries.map(\.step).max() ?? 0
        return run.galleries.filter { keep($0, last) }.map { galleryPanel($0, of: name) }
      }
    }
    return [
      panels(ClothesStudy.distilled) { gallery, _ in gallery.samplingSteps == 1 },
      panels(ClothesStudy.distilled) { gallery, last in
        gallery.step == last && [2, 4].contains(gallery.samplingSteps)
      }
        + panels(ClothesStudy.matching) { gallery, last in
          gallery.step == last && gallery.samplingSteps == 64
        },
    ]
  }

  /// A column a class, so that a panel is wide.
  private static func galleryPanel(_ gallery: ClothesResults.Gallery, of name: String) -> Panel {
    let tiles = (0..<ClothesStudy.columns).flatMap { column in
      gallery.images.map { row -> [Double] in
        let size = row.count / ClothesStudy.columns
        return Array(row[column * size..<(column + 1) * size])
      }
    }
    let steps = "\(gallery.samplingSteps) step\(gallery.samplingSteps == 1 ? "" : "s")"
    return mosaic(
      "\(name), \(steps), trained \(gallery.step)", tiles, columns: gallery.images.count, side: 14)
  }

  /// Square images side by side, a white pixel apart, the first row on top.
  private static func mosaic(
    _ title: String, _ tiles: [[Double]], columns: Int, side: Int
  ) -> Panel {
    let rows = tiles.count / columns
    let (width, height) = (columns * (side + 1) - 1, rows * (side + 1) - 1)
    var values = [Double](repeating: 1, count: width * height)
    for (place, tile) in tiles.enumerated() {
      let (row, column) = place.quotientAndRemainder(dividingBy: columns)
      for y in 0..<side {
        for x in 0..<side {
          let line = height - 1 - (row * (side + 1) + y)
          values[line * width + column * (side + 1) + x] = tile[y * side + x]
        }
      }
    }
    let (x, y) = (0...Double(width - 1), 0...Double(height - 1))
    return .plane(
      title: title, x: -0.5...Double(width) - 0.5, y: -0.5...Double(height) - 0.5, frame: .none,
      layers: [
        .heatMap(
          HeatMap(
            grid: ScalarGrid(x: x, y: y, columns: width, rows: height, values: values),
            colors: ColorScale(.gray, range: -1...1), shading: .cells))
      ])
  }

  private static func training(_ results: ClothesResults) -> Panel {
    let lines = zip(results.runs, runColors).flatMap { run, color in
      (run.curve.last?.frechet.keys.sorted() ?? []).enumerated().map { index, steps -> Layer in
        let points = run.curve.filter { $0.step > 0 && $0.frechet[steps] != nil }
        return .line(
          Line(
            x: points.map { Double($0.step) / Double(run.steps) },
            y: points.map { $0.frechet[steps] ?? .nan }, color: color,
            dash: [.solid, .dashed, .dotted][index % 3],
            label: "\(run.name), \(steps) step\(steps == 1 ? "" : "s")"))
      }
    }
    return Panel(
      title: "Fréchet distance, features", x: Axis("share of the training"), y: Axis(scale: .log10),
      legend: .shared, layers: lines)
  }

  private static func steps(_ results: ClothesResults) -> Panel {
    let bars = zip(results.runs, runColors).map { run, color -> Layer in
      let steps = run.readings.keys.sorted()
      let values = steps.compactMap { run.readings[$0] }
      return .errorBars(
        ErrorBars(
          x: steps.map(Double.init), y: values.map(\.value),
          errors: values.map { $0.standardError.isFinite ? $0.standardError : 0 }, color: color,
          label: run.name))
    }
    return Panel(
      title: "at the end", x: Axis("sampling steps", scale: .log10), y: Axis(scale: .log10),
      legend: .shared,
      layers: [
        .reference(
          ReferenceLine(.horizontal(results.floor.value), label: "two halves of the data"))
      ] + bars)
  }

  private static func caption(_ data: Picture) -> String {
    let digitSteps = data.digits.first?.rows.last?.step ?? 0
    let runs = data.clothes.runs.map { "\($0.name) \($0.steps) steps" }.joined(separator: ", ")
    return """
      Above: iSD with a transformer (4 tokens, 3 × 64) on drawn digits of 64 pixels, \(digitSteps) steps of 128, against the exact \
      flow map; bands: standard error over 64 points. In each pair an exact image at the left, the one-step sample of the \
      same noise at the right. Below: Fashion-MNIST at 14 × 14 pixels, a column a class, the same noise throughout; \
      transformer of 49 tokens, batch 64, \(runs), recipes isd and fm, guidance \(digits(ClothesStudy.guidance)), averages. Fréchet distances of \
      \(data.clothes.samples) samples in 64 features of a classifier to 10,000 held-out images. Remake with: swift run toylab \
      figure13\(data.isThorough ? " --thorough" : "")
      """
  }
}
