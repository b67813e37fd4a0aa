// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import Console
import Files
import Foundation
public import Plotting

extension WalkthroughSession {
  /// Writes a figure's data, draws the figure from what was written, and says where both are.
  ///
  /// If either cannot be written, neither is left behind, nor a folder made for them.
  func deliver<Data: Codable>(
    _ data: Data, number: Int, draw: (Data) -> Figure
  ) throws {
    let bytes = try JSON.line(data)
    let figure = draw(try JSON.decode(from: bytes))
    let (dataPath, picturePath) = (dataPath(number), picturePath(number))
    let hadData = FileManager.default.fileExists(atPath: dataPath)
    let folders = try FileSystem.createFolders("\(folder)/data")
    do {
      try AtomicFile.write(bytes, to: dataPath)
      try figure.write(to: picturePath, format: format)
    } catch {
      if !hadData { try? FileManager.default.removeItem(atPath: dataPath) }
      for folder in folders.reversed() { rmdir(folder) }
      throw error
    }
    tellLettersWithoutGlyph(of: figure)
    try StandardOutput.write("Picture: \(picturePath)\nData:    \(dataPath)\n")
  }
}

/// Says on standard error which letters of a picture are drawn as boxes, if any are.
public func tellLettersWithoutGlyph(of figure: Figure) {
  let letters = figure.lettersWithoutGlyph()
  guard !letters.isEmpty else { return }
  StandardError.write(
    "Drawn as boxes, since the typeface DejaVu Sans has no sign for them: \(String(letters)).\n")
}
