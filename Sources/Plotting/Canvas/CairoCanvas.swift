// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CCairo

/// A canvas on a Cairo context. The context outlives the canvas: ``CairoRenderer`` owns it.
struct CairoCanvas: Canvas {
  private static let family = "DejaVu Sans"

  let context: OpaquePointer

  func textWidth(_ text: String, font: Font) -> Double {
    select(font)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// The letters of a text that the typeface lacks, which are drawn as boxes.
  func lettersWithoutGlyph(_ text: String, font: Font) -> [Character] {
    select(font)
    guard let scaled = cairo_get_scaled_font(context) else { return [] }
    return text.filter { letter in
      var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
      var count: Int32 = 0
      let status = cairo_scaled_font_text_to_glyphs(
        scaled, 0, 0, String(letter), -1, &glyphs, &count, nil, nil, nil)
      defer { cairo_glyph_free(glyphs) }
      guard status == CAIRO_STATUS_SUCCESS, let glyphs else { return true }
      return (0..<Int(count)).contains { glyphs[$0].index == 0 }
    }
  }

  func drawText(
    _ text: String, font: Font, at origin: PlotPoint, upwards: Bool, color: Color
  ) {
    cairo_save(context)
    select(font)
    setSource(color)
    cairo_translate(context, origin.x, origin.y)
    if upwards { cairo_rotate(context, -.pi / 2) }
    cairo_move_to(context, 0, 0)
    cairo_show_text(context, text)
    cairo_restore(context)
  }

  func stroke(_ lines: [[PlotPoint]], closed: Bool, style: StrokeStyle) {
    cairo_save(context)
    setSource(style.color)
    cairo_set_line_width(context, style.width)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    let lengths = style.dash.lengths(width: style.width)
    cairo_set_line_cap(context, lengths.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_dash(context, lengths, Int32(lengths.count), 0)
    cairo_new_path(context)
    for line in lines { trace(line, closed: closed) }
    cairo_stroke(context)
    cairo_restore(context)
  }

  func fill(_ polygons: [[PlotPoint]], color: Color) {
    setSource(color)
    cairo_new_path(context)
    for polygon in polygons { trace(polygon, closed: true) }
    cairo_fill(context)
  }

  func drawMarkers(_ marker: Marker, at centers: [PlotPoint], colors: [Color]) {
    let corners = marker.corners
    for (index, center) in centers.enumerated() {
      if index == 0 || colors.count > 1 { setSource(colors[min(index, colors.count - 1)]) }
      cairo_new_path(context)
      if let corners {
        trace(corners.map { PlotPoint(x: $0.x + center.x, y: $0.y + center.y) }, closed: true)
      } else {
        cairo_arc(context, center.x, center.y, marker.size / 2, 0, 2 * .pi)
      }
      cairo_fill(context)
    }
  }

  func drawImage(_ image: RasterImage, in rectangle: PlotRectangle, smooth: Bool) {
    let stride = cairo_format_stride_for_width(CAIRO_FORMAT_ARGB32, Int32(image.columns))
    var bytes = CairoPixels.premultiplied(image, stride: Int(stride))
    bytes.withUnsafeMutableBufferPointer { buffer in
      let surface = cairo_image_surface_create_for_data(
        buffer.baseAddress, CAIRO_FORMAT_ARGB32, Int32(image.columns), Int32(image.rows), stride)
      cairo_save(context)
      cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
      cairo_clip(context)
      cairo_translate(context, rectangle.x, rectangle.y)
      cairo_scale(
        context, rectangle.width / Double(image.columns), rectangle.height / Double(image.rows))
      cairo_set_source_surface(context, surface, 0, 0)
      let pattern = cairo_get_source(context)
      cairo_pattern_set_filter(pattern, smooth ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_NEAREST)
      cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
      cairo_paint(context)
      cairo_restore(context)
      // A vector surface keeps a snapshot of the source; finishing takes it before the bytes go.
      cairo_surface_finish(surface)
      cairo_surface_destroy(surface)
    }
  }

  func pushClip(_ rectangle: PlotRectangle) {
    cairo_save(context)
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    cairo_clip(context)
  }

  func popClip() {
    cairo_restore(context)
  }

  private func select(_ font: Font) {
    cairo_select_font_face(
      context, CairoCanvas.family,
      font.italic ? CAIRO_FONT_SLANT_ITALIC : CAIRO_FONT_SLANT_NORMAL,
      font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_font_size(context, font.size)
  }

  private func setSource(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
  }

  private func trace(_ points: [PlotPoint], closed: Bool) {
    guard let first = points.first else { return }
    cairo_move_to(context, first.x, first.y)
    for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
    if closed { cairo_close_path(context) }
  }
}

/// Pixels in the layout of Cairo's 32-bit format.
enum CairoPixels {
  /// Native-endian 0xAARRGGBB words with premultiplied colour, rows `stride` bytes apart.
  static func premultiplied(_ image: RasterImage, stride: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: stride * image.rows)
    bytes.withUnsafeMutableBytes { buffer in
      for row in 0..<image.rows {
        for column in 0..<image.columns {
          let color = image.pixels[row * image.columns + column]
          func level(_ component: Double) -> UInt32 {
            UInt32((component * color.alpha * 255).rounded())
          }
          let word =
            UInt32((color.alpha * 255).rounded()) << 24
            | level(color.red) << 16 | level(color.green) << 8 | level(color.blue)
          buffer.storeBytes(of: word, toByteOffset: row * stride + column * 4, as: UInt32.self)
        }
      }
    }
    return bytes
  }
}
