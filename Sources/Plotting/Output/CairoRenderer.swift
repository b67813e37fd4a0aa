// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import CCairo

/// The file formats a figure is written in.
public enum FigureFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// Pixels.
  case png
  /// Scalable vector graphics.
  case svg
  /// A page of a portable document.
  case pdf
}

/// Turns drawing into the bytes of a file. Owns the Cairo surface and context it draws with.
final class CairoRenderer {
  /// The largest side of a picture in pixels: a limit of Cairo's image surfaces.
  static let largestSide = 32_767

  struct Failure: Error, Equatable {
    let cause: String
  }

  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let sink: ByteSink
  private let format: FigureFormat

  /// Draws a picture of `width` x `height` points and returns the encoded file.
  ///
  /// - Parameter scale: pixels to a point; only PNG has pixels.
  static func render(
    width: Double, height: Double, format: FigureFormat, scale: Double,
    draw: (inout CairoCanvas) -> Void
  ) throws(Failure) -> [UInt8] {
    let renderer = try CairoRenderer(width: width, height: height, format: format, scale: scale)
    var canvas = CairoCanvas(context: renderer.context)
    draw(&canvas)
    return try renderer.finish()
  }

  /// The result of laying out with the renderer's own text metrics, before the size is known.
  static func measured<Layout>(_ layOut: (CairoCanvas) -> Layout) throws(Failure) -> Layout {
    let renderer = try CairoRenderer(width: 1, height: 1, format: .png, scale: 1)
    let layout = layOut(CairoCanvas(context: renderer.context))
    try renderer.check(cairo_status(renderer.context))
    return layout
  }

  private init(
    width: Double, height: Double, format: FigureFormat, scale: Double
  ) throws(Failure) {
    let sink = ByteSink()
    let pointer = Unmanaged.passUnretained(sink).toOpaque()
    let created: OpaquePointer? =
      switch format {
      case .png:
        cairo_image_surface_create(
          CAIRO_FORMAT_ARGB32, Int32((width * scale).rounded(.up)),
          Int32((height * scale).rounded(.up)))
      case .svg: cairo_svg_surface_create_for_stream(appendToSink, pointer, width, height)
      case .pdf: cairo_pdf_surface_create_for_stream(appendToSink, pointer, width, height)
      }
    guard let created, let context = cairo_create(created) else {
      throw Failure(cause: "out of memory")
    }
    self.sink = sink
    self.surface = created
    self.context = context
    self.format = format
    try check(cairo_surface_status(surface))
    try check(cairo_status(context))
    prepare(width: width, height: height, scale: scale)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// A white page, scaled coordinates, and letter shapes that do not depend on the pixel grid.
  private func prepare(width: Double, height: Double, scale: Double) {
    switch format {
    case .png: cairo_scale(context, scale, scale)
    case .svg: break
    // The date of making would change the file from run to run.
    case .pdf: cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
    }
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
  }

  private func finish() throws(Failure) -> [UInt8] {
    try check(cairo_status(context))
    cairo_surface_flush(surface)
    switch format {
    case .png:
      try check(
        cairo_surface_write_to_png_stream(
          surface, appendToSink, Unmanaged.passUnretained(sink).toOpaque()))
    case .svg, .pdf:
      cairo_surface_finish(surface)
    }
    try check(cairo_surface_status(surface))
    return sink.bytes
  }

  private func check(_ status: cairo_status_t) throws(Failure) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    throw Failure(cause: String(cString: cairo_status_to_string(status)))
  }
}

/// Collects what Cairo writes.
private final class ByteSink {
  var bytes: [UInt8] = []
}

private func appendToSink(
  _ closure: UnsafeMutableRawPointer?, _ data: UnsafePointer<UInt8>?, _ length: UInt32
) -> cairo_status_t {
  guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
  Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
    .bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
  return CAIRO_STATUS_SUCCESS
}
