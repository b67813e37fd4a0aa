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
        "DataSources", "Engines", "FlowMaps", "GroundTruth", "Interpolants", "Laboratory",
        "LinearAlgebra",
        "Networks", "Plotting", "Probes", "RandomStreams", "Tensors", "Theory",
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
    .target(
      name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
      linkerSettings: [.linkedLibrary("m")]),

    // MARK: The core
    .target(name: "Files", swiftSettings: swiftSettings),
    .target(name: "Tensors", swiftSettings: swiftSettings),
    .target(
      name: "Engines", dependencies: ["Tensors", "CKernels"], swiftSettings: swiftSettings),
    .target(name: "RandomStreams", dependencies: ["CKernels"], swiftSettings: swiftSettings),
    .target(
      name: "LinearAlgebra", dependencies: ["CBLAS", "RandomStreams"],
      swiftSettings: swiftSettings),
    .target(
      name: "Networks", dependencies: ["Tensors", "Engines", "CKernels", "RandomStreams"],
      swiftSettings: swiftSettings),

    // MARK: Flow maps and the truth
    .target(name: "Interpolants", dependencies: ["Tensors"], swiftSettings: swiftSettings),
    .target(
      name: "FlowMaps",
      dependencies: ["Tensors", "Engines", "Interpolants", "Networks", "RandomStreams"],
      swiftSettings: swiftSettings),
    .target(name: "DataSources", dependencies: ["RandomStreams"], swiftSettings: swiftSettings),
    .target(
      name: "GroundTruth",
      dependencies: [
        "DataSources", "CGSL", "Interpolants", "LinearAlgebra", "RandomStreams", "Tensors",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Probes", dependencies: ["LinearAlgebra", "RandomStreams"],
      swiftSettings: swiftSettings),
    .target(name: "Plotting", dependencies: ["CCairo", "Files"], swiftSettings: swiftSettings),

    // MARK: The laboratory and its commands
    .target(
      name: "Laboratory",
      dependencies: [
        "DataSources", "CKernels", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants",
        "LinearAlgebra", "Networks", "Probes", "RandomStreams", "Tensors",
      ], swiftSettings: swiftSettings),
    .target(
      name: "Theory",
      dependencies: [
        "Files", "DataSources", "Engines", "FlowMaps", "GroundTruth", "Interpolants", "Laboratory",
        "LinearAlgebra",
        "Networks", "Probes", "RandomStreams", "Tensors",
      ], swiftSettings: swiftSettings),
    .target(
      name: "Walkthroughs",
      dependencies: [
        "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth", "Interpolants", "Laboratory",
        "LinearAlgebra", "Networks", "Plotting", "Probes", "RandomStreams", "Tensors", "Theory",
      ], path: "notebooks-as-scripts", swiftSettings: swiftSettings),
    .executableTarget(
      name: "toylab",
      dependencies: [
        argumentParser, "DataSources", "Engines", "Files", "FlowMaps", "GroundTruth",
        "Interpolants",
        "Laboratory", "LinearAlgebra", "Networks", "Plotting", "Probes", "RandomStreams", "Theory",
        "Walkthroughs",
      ], swiftSettings: swiftSettings),

    // MARK: Tests
    .target(name: "CTestSupport"),
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Engines"], swiftSettings: swiftSettings),
    .testTarget(
      name: "FilesTests", dependencies: ["Files", "TestSupport"], resources: [.copy("Fixtures")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Engines", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EnginesTests", dependencies: ["Tensors", "Engines", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "RandomStreamsTests", dependencies: ["RandomStreams", "CKernels"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "Probes", "RandomStreams"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Networks", "CKernels", "Tensors", "Engines", "RandomStreams", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "InterpolantsTests", dependencies: ["Interpolants", "Tensors", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "DataSourcesTests", dependencies: ["DataSources", "RandomStreams"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FlowMapsTests",
      dependencies: [
        "FlowMaps", "Networks", "Interpolants", "Tensors", "Engines", "RandomStreams",
        "TestSupport",
      ], swiftSettings: swiftSettings),
    .testTarget(
      name: "GroundTruthTests",
      dependencies: [
        "DataSources", "GroundTruth", "Interpolants", "RandomStreams", "Tensors", "Engines",
        "TestSupport",
      ], resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "ProbesTests", dependencies: ["Probes", "RandomStreams"], swiftSettings: swiftSettings),
    .testTarget(
      name: "PlottingTests", dependencies: ["Files", "Plotting"], swiftSettings: swiftSettings),
    .testTarget(
      name: "LaboratoryTests",
      dependencies: [
        "DataSources", "CTestSupport", "Engines", "Files", "FlowMaps", "GroundTruth",
        "Interpolants", "Laboratory",
        "LinearAlgebra", "Networks", "Probes", "RandomStreams", "Tensors", "TestSupport",
      ], resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "TheoryTests",
      dependencies: [
        "Files", "DataSources", "Engines", "FlowMaps", "GroundTruth", "Interpolants", "Laboratory",
        "LinearAlgebra",
        "Networks", "Probes", "RandomStreams", "Tensors", "TestSupport", "Theory",
      ], swiftSettings: swiftSettings),
    .testTarget(name: "HouseTests", swiftSettings: swiftSettings),
    .testTarget(
      name: "toylabTests",
      dependencies: [
        "Probes", "DataSources", "toylab", argumentParser, "Files", "FlowMaps", "GroundTruth",
        "Interpolants",
        "Laboratory",
        "Networks", "TestSupport", "Theory", "Walkthroughs",
      ], swiftSettings: swiftSettings),
  ]
)
