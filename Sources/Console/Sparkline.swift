// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The course of some numbers as a word of blocks, `▇▅▃▂▁`: the lowest number at the bottom, the highest at the top.
///
/// Numbers that are too many for the width are shown by the means of equal shares of them; what is not finite is left
/// open.
public func sparkline(_ values: [Double], width: Int = 24) -> String {
  precondition(width > 0, "a course in no columns")
  let count = min(width, values.count)
  let means = (0..<count).map { column -> Double in
    let share = values[column * values.count / count..<(column + 1) * values.count / count]
    let finite = share.filter(\.isFinite)
    return finite.isEmpty ? .nan : finite.reduce(0) { $0 + $1 / Double(finite.count) }
  }
  let finite = means.filter(\.isFinite)
  guard let low = finite.min(), let high = finite.max() else {
    return String(repeating: " ", count: count)
  }
  let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  return String(
    means.map { value -> Character in
      guard value.isFinite else { return " " }
      guard high > low else { return blocks[0] }
      let share = (value / 2 - low / 2) / (high / 2 - low / 2)
      return blocks[min(Int(share * Double(blocks.count)), blocks.count - 1)]
    })
}
