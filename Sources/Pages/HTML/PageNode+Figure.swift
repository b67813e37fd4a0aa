// Part of toylab. Licensed under Apache-2.0; see LICENSE.

internal import Foundation
public import Plotting

extension PageNode {
  /// A picture in the page itself.
  ///
  /// - Parameters:
  ///   - id: what no other picture of the page has; names inside of a picture hold for the whole page.
  ///   - label: what is to be seen, for those who cannot see it.
  ///   - caption: stands under the picture; none or empty draws none.
  ///   - isPaper: keeps the white ground in the dark, for colours that stand for numbers.
  /// - Throws: `PlottingError`
  public static func picture(
    _ figure: Plotting.Figure, id: String, label: String, caption: String = "",
    isPaper: Bool = false
  ) throws -> PageNode {
    let bytes = try figure.encoded(as: .svg, path: id)
    let picture = svg(
      String(decoding: bytes, as: UTF8.self), id: id, label: label, width: figure.width,
      isPaper: isPaper)
    let words: [PageNode] = caption.isEmpty ? [] : [tag("figcaption", [:], [.text(caption)])]
    return tag("figure", ["class": isPaper ? "plot paper" : "plot"], [picture] + words)
  }

  /// The drawing of a file without its head, its names made the picture's own.
  private static func svg(
    _ file: String, id: String, label: String, width: Double, isPaper: Bool
  ) -> PageNode {
    guard let start = file.range(of: "<svg"),
      let end = file[start.upperBound...].firstIndex(of: ">")
    else { return .verbatim("") }
    let head = String(file[start.lowerBound...end])
    let box =
      head.range(of: "viewBox=\"[^\"]*\"", options: .regularExpression).map { String(head[$0]) }
      ?? ""
    var drawing = String(file[file.index(after: end)...])
      .replacingOccurrences(of: " id=\"", with: " id=\"\(id)-")
      .replacingOccurrences(of: "href=\"#", with: "href=\"#\(id)-")
      .replacingOccurrences(of: "url(#", with: "url(#\(id)-")
    if !isPaper,
      let ground = drawing.range(
        of: "<rect x=\"0\" y=\"0\"[^>]*fill:rgb\\(100%,100%,100%\\)[^>]*/>",
        options: .regularExpression)
    {
      drawing.removeSubrange(ground)
    }
    let attributes = """
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \(box) role="img" \
      aria-label="\(escaped(label))" style="max-width:\(Int((width * 4 / 3).rounded(.up)))px">
      """
    return .verbatim(attributes + drawing)
  }
}
