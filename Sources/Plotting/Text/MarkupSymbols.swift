// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The commands of ``Markup``, by the names TeX gives them.
public enum MarkupSymbols {
  /// The character of each symbol command, by its name without the backslash.
  public static let characters: [String: String] =
    greek.merging(prefixes) { first, _ in first }.merging(relations) { first, _ in first }

  /// The spacing accent drawn above the argument of each accent command.
  static let accents: [String: Character] = [
    "hat": "\u{02C6}", "tilde": "\u{02DC}", "bar": "\u{00AF}", "dot": "\u{02D9}",
  ]

  /// Whether a symbol stands between its neighbours, so that the space after it is meant.
  static func isRelation(_ name: String) -> Bool { relations[name] != nil }

  private static let greek: [String: String] = [
    "alpha": "\u{03B1}", "beta": "\u{03B2}", "gamma": "\u{03B3}", "delta": "\u{03B4}",
    "epsilon": "\u{03B5}", "zeta": "\u{03B6}", "eta": "\u{03B7}", "theta": "\u{03B8}",
    "kappa": "\u{03BA}", "lambda": "\u{03BB}", "mu": "\u{03BC}", "nu": "\u{03BD}",
    "xi": "\u{03BE}", "pi": "\u{03C0}", "rho": "\u{03C1}", "sigma": "\u{03C3}",
    "tau": "\u{03C4}", "phi": "\u{03C6}", "chi": "\u{03C7}", "psi": "\u{03C8}",
    "omega": "\u{03C9}", "Gamma": "\u{0393}", "Delta": "\u{0394}", "Theta": "\u{0398}",
    "Lambda": "\u{039B}", "Xi": "\u{039E}", "Pi": "\u{03A0}", "Sigma": "\u{03A3}",
    "Phi": "\u{03A6}", "Psi": "\u{03A8}", "Omega": "\u{03A9}",
  ]

  private static let prefixes: [String: String] = [
    "nabla": "\u{2207}", "partial": "\u{2202}", "infty": "\u{221E}", "sum": "\u{2211}",
    "prod": "\u{220F}", "int": "\u{222B}", "sqrt": "\u{221A}", "Vert": "\u{2016}",
    "langle": "\u{27E8}", "rangle": "\u{27E9}", "ell": "\u{2113}", "dagger": "\u{2020}",
    "top": "\u{22A4}", "prime": "\u{2032}", "emptyset": "\u{2205}", "degree": "\u{00B0}",
    "minus": "\u{2212}",
  ]

  private static let relations: [String: String] = [
    "le": "\u{2264}", "ge": "\u{2265}", "ne": "\u{2260}", "ll": "\u{226A}", "gg": "\u{226B}",
    "approx": "\u{2248}", "sim": "\u{223C}", "equiv": "\u{2261}", "propto": "\u{221D}",
    "times": "\u{00D7}", "cdot": "\u{00B7}", "pm": "\u{00B1}", "mp": "\u{2213}",
    "to": "\u{2192}", "leftarrow": "\u{2190}", "mapsto": "\u{21A6}", "in": "\u{2208}",
    "circ": "\u{2218}", "ast": "\u{2217}", "ldots": "\u{2026}", "cdots": "\u{22EF}",
  ]
}
