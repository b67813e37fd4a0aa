// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The name that was probably meant, or nil if none is close: at most a third of the letters, and never
/// more than three, may have to be inserted, deleted, replaced or exchanged with their neighbour.
public func nearestName(to name: String, among names: [String]) -> String? {
  let allowed = min(3, max(1, name.count / 3))
  let written = Array(name.lowercased())
  var best: (name: String, distance: Int)?
  for candidate in names {
    let distance = editDistance(written, Array(candidate.lowercased()))
    if distance <= allowed && distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

/// The least number of insertions, deletions, replacements and exchanges of neighbours that turn one word
/// into the other, no letter being changed twice (optimal string alignment).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var rows = [Array(0...right.count)]
  for i in 0..<left.count {
    var row = [i + 1]
    for j in 0..<right.count {
      var least = min(rows[i][j + 1], row[j]) + 1
      least = min(least, rows[i][j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        least = min(least, rows[i - 1][j - 1] + 1)
      }
      row.append(least)
    }
    rows.append(row)
  }
  return rows[left.count][right.count]
}
