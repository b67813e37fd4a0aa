// swift-tools-version: 6.2
// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import PackageDescription

// Debug builds are optimised too: `swift run toylab` builds debug and must be as fast as release.
// Both keep the texts of preconditions, which -O alone drops: a broken one must say what it asks for.
let swiftSettings: [SwiftSetting] = [
  .unsafeFlags(["-O"], .when(configuration: .debug)),
  .unsafeFlags(["-assert-config", "Debug"]),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// On Linux pkg-config would link GSL's own CBLAS as well, which must never stand in for the fast one; the
// header and library are on the default paths there.
#if os(Linux)
  let gslConfiguration: String? = nil
#else
  let gslConfiguration: String? = "gsl"
#endif

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "toylab",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "toylab", targets: ["toylab"]),
    .library(
      name: "ToylabCore",
      targets: [
        "DataSources", "Engines", "FlowMaps", "GroundTruth", "Interpolants", "LinearAlgebra",
        "Measures", "Networks", "Plotting", "Probing", "RandomStreams", "Runs", "Tensors",
        "Theory", "Training",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // MARK: System libraries and C
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CGSL", pkgConfig: gslConfiguration,
      providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libcairo2-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["libcairo2-dev"]), .brew(["zlib"])]),
    .target(
      name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
      linkerSettings: [.linkedLibrary("m")]),

    // MARK: Language
    room("Files", on: ["CPNG", "CZlib"]),
    room("RandomStreams", on: ["CKernels"]),
    room("Tensors"),
    room("LinearAlgebra", on: ["CBLAS", "RandomStreams"]),
    room("Engines", on: ["CKernels", "Tensors"]),

    // MARK: Truth
    room("Interpolants", on: ["Tensors"]),
    room("DataSources", on: ["Files", "RandomStreams"]),
    room(
      "GroundTruth",
      on: [
        "CGSL", "DataSources", "Files", "Interpolants", "LinearAlgebra", "RandomStreams", "Tensors",
      ]),

    // MARK: Learn
    room(
      "Networks", on: ["Engines", "Files", "RandomStreams", "Tensors"],
      resources: [.copy("Resources")]),
    room(
      "FlowMaps",
      on: ["Engines", "Files", "Interpolants", "Networks", "RandomStreams", "Tensors"]),
    room(
      "Training",
      on: [
        "CKernels", "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "Networks", "RandomStreams", "Tensors",
      ]),

    // MARK: Measure
    room("Measures", on: ["LinearAlgebra", "RandomStreams"]),
    room(
      "Probing",
      on: [
        "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "LinearAlgebra", "Measures", "Networks", "RandomStreams", "Tensors", "Training",
      ]),

    // MARK: Study
    room(
      "Runs",
      on: [
        "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "LinearAlgebra", "Measures", "Networks", "Probing", "RandomStreams", "Tensors", "Training",
      ]),
    room(
      "Theory",
      on: [
        "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "LinearAlgebra", "Measures", "Networks", "Probing", "RandomStreams", "Runs", "Tensors",
        "Training",
      ]),

    // MARK: Show
    room("Console", on: ["Files"]),
    room("Plotting", on: ["CCairo", "Files"]),
    room(
      "Walkthroughs",
      on: [
        "Console", "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "LinearAlgebra", "Measures", "Networks", "Plotting", "Probing", "RandomStreams", "Runs",
        "Tensors", "Theory", "Training",
      ], path: "notebooks-as-scripts"),
    room(
      "Pages",
      on: [
        "Files", "FlowMaps", "Interpolants", "LinearAlgebra", "Measures", "Plotting", "Probing",
        "Runs", "Theory", "Training", "Walkthroughs",
      ]),
    .executableTarget(
      name: "toylab",
      dependencies: [
        argumentParser, "CKernels", "Console", "DataSources", "Engines", "Files", "FlowMaps",
        "GroundTruth", "Interpolants", "LinearAlgebra", "Measures", "Networks", "Pages",
        "Plotting", "Probing", "RandomStreams", "Runs", "Tensors", "Theory", "Training",
        "Walkthroughs",
      ], swiftSettings: swiftSettings),

    // MARK: Tests
    .target(name: "CTestSupport"),
    room("TestSupport", on: ["Engines", "Tensors"]),
    tests("Files", fixtures: true),
    tests("Tensors", "Engines"),
    tests("Engines", "Tensors", fixtures: true),
    tests("RandomStreams", "CKernels"),
    tests("LinearAlgebra", "Measures", "RandomStreams"),
    tests("Networks", "CKernels", "Engines", "Files", "RandomStreams", "Tensors"),
    tests("Interpolants", "Tensors"),
    tests("DataSources", "Files", "RandomStreams"),
    tests("FlowMaps", "Engines", "Files", "Interpolants", "Networks", "RandomStreams", "Tensors"),
    tests(
      "GroundTruth", "DataSources", "Engines", "Files", "Interpolants", "RandomStreams", "Tensors",
      fixtures: true),
    tests(
      "Training", "CKernels", "CTestSupport", "DataSources", "Engines", "Files", "FlowMaps",
      "GroundTruth", "Interpolants", "LinearAlgebra", "Measures", "Networks", "Probing",
      "RandomStreams", "Runs", "Tensors"),
    tests("Measures", "RandomStreams"),
    tests(
      "Probing", "CTestSupport", "Engines", "FlowMaps", "GroundTruth", "Interpolants",
      "LinearAlgebra", "Measures", "Networks", "RandomStreams", "Tensors", "Theory", "Training"),
    tests(
      "Runs", "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
      "Measures", "Networks", "Probing", "RandomStreams", "Tensors", "Training"),
    tests(
      "Theory", "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
      "LinearAlgebra", "Measures", "Networks", "Probing", "RandomStreams", "Runs", "Tensors",
      "Training", fixtures: true),
    tests("Console"),
    tests("Plotting", "Files"),
    tests(
      "Pages", "Engines", "Files", "Networks", "Plotting", "Runs", "Theory", "Training",
      "Walkthroughs"),
    .testTarget(name: "HouseTests", swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "DataSources", "Files", "GroundTruth", "Networks", "Probing", "RandomStreams", "Runs",
        "TestSupport", "Theory", "Training",
      ], resources: [.copy("Corpus")], swiftSettings: swiftSettings),
    .testTarget(
      name: "toylabTests",
      dependencies: [
        "toylab", argumentParser, "Console", "DataSources", "Engines", "Files", "FlowMaps",
        "GroundTruth", "Interpolants", "Measures", "Networks", "Plotting", "Probing",
        "RandomStreams", "Runs", "Tensors", "TestSupport", "Theory", "Training", "Walkthroughs",
      ], swiftSettings: swiftSettings),
  ]
)

/// A module of the house, on those beneath it.
func room(
  _ name: String, on rooms: [Target.Dependency] = [], path: String? = nil,
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: rooms, path: path, resources: resources, swiftSettings: swiftSettings)
}

/// The tests of a module, which may look at others.
func tests(
  _ name: String, _ further: Target.Dependency..., fixtures: Bool = false
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + further,
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: swiftSettings)
}
