// Part of toylab. Licensed under Apache-2.0; see LICENSE.

/// The order of the house: the one place to edit when a room is added, split or moved.
enum Floors {
  /// From the ground up, floor by floor and on each floor room by room. A room may import those written before it.
  static let order: [(floor: String, rooms: [String])] = [
    ("language", ["Files", "RandomStreams", "Tensors", "LinearAlgebra", "Engines"]),
    ("truth", ["Interpolants", "DataSources", "GroundTruth"]),
    ("learn", ["Networks", "FlowMaps", "Training"]),
    ("measure", ["Measures", "Probing"]),
    ("study", ["Runs", "Theory"]),
    ("show", ["Console", "Plotting", "Walkthroughs", "Pages", "toylab"]),
    ("tests", ["TestSupport"]),
  ]

  /// All rooms, from the ground up.
  static let rooms = order.flatMap(\.rooms)

  /// Rooms that know less of the house than their place allows.
  static let secluded: [String: Set<String>] = [
    "Tensors": [], "Measures": ["LinearAlgebra", "RandomStreams"], "Console": ["Files"],
    "Plotting": ["Files"],
  ]

  /// Modules that are not Swift rooms of the house, and where they may be imported: paths from `Sources` that begin
  /// so, `Walkthroughs` for the notebooks.
  static let outside: [String: [String]] = [
    "CKernels": [
      "Engines/", "RandomStreams/", "Training/Optimizers/",
      "toylab/Benchmarks/FusedMultiplyAddLimit.swift",
    ],
    "CBLAS": ["LinearAlgebra/"],
    "CGSL": ["GroundTruth/"],
    "CCairo": ["Plotting/"],
    "CPNG": ["Files/"],
    "CZlib": ["Files/"],
    "ArgumentParser": ["toylab/"],
    "Foundation": rooms.filter { $0 != "Tensors" }.map { $0 + "/" },
    "Dispatch": rooms.map { $0 + "/" },
    "Synchronization": rooms.map { $0 + "/" },
    "Darwin": rooms.map { $0 + "/" }, "Glibc": rooms.map { $0 + "/" },
    "Musl": rooms.map { $0 + "/" },
  ]
}
