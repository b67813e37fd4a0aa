// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import FlowMaps
import Plotting

/// A way to train a flow map, under one name and one colour in every figure.
struct Method: Sendable {
  let name: String
  let objective: Objective
  let times: TimeSampler
  let color: Color

  static let direct = Method(
    name: "direct", objective: .directFull, times: .relaxed(), color: Palette.vermilion)
  static let directSemi = Method(
    name: "direct, sg", objective: .directSemi, times: .relaxed(), color: Palette.orange)
  static let eulerianAtZero = Method(
    name: "ESD, $s$ = 0", objective: .eulerianSelfDistillation, times: .endAtZero,
    color: Palette.skyBlue)
  static let eulerian = Method(
    name: "ESD", objective: .eulerianSelfDistillation, times: .relaxed(), color: Palette.blue)
  static let improved = Method(
    name: "iSD", objective: .improvedSelfDistillation, times: .relaxed(), color: Palette.green)
  static let lagrangian = Method(
    name: "LSD", objective: .lagrangianSelfDistillation, times: .relaxed(),
    color: Color(hex: 0x882255))
  static let progressiveMidpoint = Method(
    name: "PSD-M", objective: .preconditionedProgressiveSelfDistillationMidpoint,
    times: .relaxed(), color: Color(hex: 0x999933))
  static let progressiveUniform = Method(
    name: "PSD-U", objective: .preconditionedProgressiveSelfDistillationUniform,
    times: .relaxed(), color: Color(hex: 0x332288))
  static let oracle = Method(
    name: "oracle", objective: .eulerianSemi, times: .relaxed(), color: Palette.purple)

  /// The exact flow map's colour.
  static let exactColor = Palette.black
}
