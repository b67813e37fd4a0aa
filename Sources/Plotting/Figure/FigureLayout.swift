// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The places of everything in a figure.
struct FigureLayout {
  private static let margin = 12.0
  private static let titleGap = 10.0
  private static let gridGap = 16.0
  private static let legendGap = 8.0
  private static let captionGap = 10.0

  let title: TextBlock
  let grids: [GridLayout]
  let legend: Legend
  let caption: TextBlock
  let width: Double
  let height: Double

  init(_ figure: Figure, canvas: some Canvas) {
    let inner = figure.width - 2 * FigureLayout.margin
    width = figure.width
    title = TextBlock(
      figure.title, font: Typography.figureTitle, maximumWidth: inner, canvas: canvas)
    caption = TextBlock(
      figure.fullCaption, font: Typography.caption, maximumWidth: inner, canvas: canvas)
    legend = Legend(
      spread: FigureLayout.sharedEntries(figure), width: inner, canvas: canvas)
    let head = FigureLayout.margin + (title.isEmpty ? 0 : title.height + FigureLayout.titleGap)
    let foot =
      FigureLayout.margin + (legend.isEmpty ? 0 : legend.height + FigureLayout.legendGap)
      + (caption.isEmpty ? 0 : caption.height + FigureLayout.captionGap)
    func stacked(stretch: Double) -> [GridLayout] {
      FigureLayout.stacked(figure, top: head, width: inner, stretch: stretch, canvas: canvas)
    }
    let natural = stacked(stretch: 1)
    let fixed =
      head + foot + natural.map(\.fixedHeight).reduce(0, +)
      + FigureLayout.gridGap * Double(figure.grids.count - 1)
    let frames = natural.map(\.frameHeight).reduce(0, +)
    if let asked = figure.height {
      grids = stacked(stretch: max((asked - fixed) / frames, 0))
      height = asked
    } else {
      grids = natural
      height = fixed + frames
    }
  }

  func draw(on canvas: inout some Canvas) {
    title.draw(
      on: &canvas, at: PlotPoint(x: width / 2, y: FigureLayout.margin), horizontal: .center,
      vertical: .top)
    for grid in grids { grid.draw(on: &canvas) }
    var bottom = height - FigureLayout.margin
    if !caption.isEmpty {
      caption.draw(
        on: &canvas, at: PlotPoint(x: FigureLayout.margin, y: bottom), horizontal: .leading,
        vertical: .bottom, color: Typography.mutedColor)
      bottom -= caption.height + FigureLayout.captionGap
    }
    if !legend.isEmpty {
      legend.draw(
        on: &canvas, at: PlotPoint(x: (width - legend.width) / 2, y: bottom - legend.height),
        isCentered: true)
    }
  }

  private static func stacked(
    _ figure: Figure, top: Double, width: Double, stretch: Double, canvas: some Canvas
  ) -> [GridLayout] {
    var y = top
    var letter = 0
    return figure.grids.map { grid in
      let layout = GridLayout(
        grid, firstLetter: letter, origin: PlotPoint(x: margin, y: y), width: width,
        stretch: stretch, canvas: canvas)
      y += layout.height + gridGap
      letter += grid.letterCount
      return layout
    }
  }

  private static func sharedEntries(_ figure: Figure) -> [LegendEntry] {
    Legend.unique(
      figure.grids.flatMap(\.cells).map(\.panel).filter { $0.legend == .shared }
        .flatMap(\.legendEntries))
  }
}
