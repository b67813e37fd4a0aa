// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The words of a command as a shell would need them.
func commandLine(_ arguments: some Sequence<String> = CommandLine.arguments.dropFirst()) -> String {
  (["toylab"] + arguments.map(shellQuoted)).joined(separator: " ")
}

/// A word in single quotes if it holds anything that a shell would not leave alone.
func shellQuoted(_ word: String) -> String {
  let plain = word.unicodeScalars.allSatisfy { scalar in
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || "-_./:=,+@%".unicodeScalars.contains(scalar)
  }
  if plain && !word.isEmpty { return word }
  return "'" + word.replacing("'", with: "'\\''") + "'"
}
