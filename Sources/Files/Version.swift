// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The version of the laboratory, as it stands in `run.json` and behind `toylab --version`.
public let toylabVersion = "0.1.0"
