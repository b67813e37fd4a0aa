// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// Panels in rows and columns whose frames are aligned.
public struct PanelGrid: Sendable, Hashable, Codable {
  /// The panels and the cells they fill.
  public var cells: [PlacedPanel]
  /// A title at the left of each row, read upwards; empty for none.
  public var rowTitles: [GridTitle]
  /// A title above each column; empty for none.
  public var columnTitles: [GridTitle]
  /// The widths of the columns' frames relative to each other; empty makes them equal.
  public var columnWidths: [Double]
  /// The heights of the rows' frames relative to the mean width of a column's frame. Empty makes a
  /// row as high as its panels of equal aspect need, and one without any three quarters of a
  /// column.
  ///
  /// A figure of given height stretches all rows by one factor.
  public var rowHeights: [Double]
  /// The least distance in points between the outlines of neighbouring panels, labels included.
  public var spacing: Double
  /// Which panels carry letters.
  public var lettering: PanelLettering
  /// A colour bar at the right of the grid, for all panels; none draws none.
  public var colorBar: ColorBar?

  /// A grid of panels in given cells.
  public init(
    cells: [PlacedPanel], rowTitles: [GridTitle] = [], columnTitles: [GridTitle] = [],
    columnWidths: [Double] = [], rowHeights: [Double] = [], spacing: Double = 14,
    lettering: PanelLettering = .eachPanel, colorBar: ColorBar? = nil
  ) {
    precondition(!cells.isEmpty, "a grid needs at least one panel")
    self.cells = cells
    self.rowTitles = rowTitles
    self.columnTitles = columnTitles
    self.columnWidths = columnWidths
    self.rowHeights = rowHeights
    self.spacing = spacing
    self.lettering = lettering
    self.colorBar = colorBar
  }

  /// A grid of rows of panels, each panel in one cell. A shorter row leaves cells empty.
  public init(
    rows: [[Panel]], rowTitles: [GridTitle] = [], columnTitles: [GridTitle] = [],
    columnWidths: [Double] = [], rowHeights: [Double] = [], spacing: Double = 14,
    lettering: PanelLettering = .eachPanel, colorBar: ColorBar? = nil
  ) {
    let cells = rows.enumerated().flatMap { row, panels in
      panels.enumerated().map { PlacedPanel($1, row: row, column: $0) }
    }
    self.init(
      cells: cells, rowTitles: rowTitles, columnTitles: columnTitles, columnWidths: columnWidths,
      rowHeights: rowHeights, spacing: spacing, lettering: lettering, colorBar: colorBar)
  }

  /// The number of rows.
  public var rowCount: Int { cells.map { $0.row + $0.rowSpan }.max() ?? 0 }

  /// The number of columns.
  public var columnCount: Int { cells.map { $0.column + $0.columnSpan }.max() ?? 0 }

  /// How many letters the grid uses up.
  var letterCount: Int {
    switch lettering {
    case .eachPanel: return cells.count
    case .eachRow: return rowCount
    case .none: return 0
    }
  }
}

/// A panel and the cells of a grid it fills.
public struct PlacedPanel: Sendable, Hashable, Codable {
  /// The panel.
  public var panel: Panel
  /// The topmost row it fills, from 0.
  public var row: Int
  /// The leftmost column it fills, from 0.
  public var column: Int
  /// The number of rows it fills.
  public var rowSpan: Int
  /// The number of columns it fills.
  public var columnSpan: Int

  /// A panel in a cell, or over a block of cells.
  public init(_ panel: Panel, row: Int, column: Int, rowSpan: Int = 1, columnSpan: Int = 1) {
    precondition(row >= 0 && column >= 0, "cells are counted from 0")
    precondition(rowSpan > 0 && columnSpan > 0, "a panel fills at least one cell")
    self.panel = panel
    self.row = row
    self.column = column
    self.rowSpan = rowSpan
    self.columnSpan = columnSpan
  }
}

/// The title of a row or a column.
public struct GridTitle: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
  /// The text, in the markup of ``Markup``.
  public var text: String
  /// The colour: that of a method where the column is one method's.
  public var color: Color

  /// A title.
  public init(_ text: String, color: Color = Color(gray: 0.1)) {
    self.text = text
    self.color = color
  }

  /// A title in the colour of text.
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

/// Which panels of a grid carry letters; letters run on from grid to grid.
public enum PanelLettering: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every panel, in the order of the cells.
  case eachPanel
  /// Every row, at its left.
  case eachRow
  /// None.
  case none

  /// The letter for a position in the figure: (a) to (z), then (aa), (ab), ...
  static func letter(_ index: Int) -> String {
    precondition(index >= 0, "letters are counted from 0")
    var name = ""
    var rest = index
    repeat {
      name = String(UnicodeScalar(UInt8(97 + rest % 26))) + name
      rest = rest / 26 - 1
    } while rest >= 0
    return "(\(name))"
  }
}
