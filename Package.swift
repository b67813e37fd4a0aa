// swift-tools-version: 6.1
// Part of toylab. Licensed under Apache-2.0; see LICENSE.

import PackageDescription

// Debug builds are optimised too: `swift run toylab` builds debug and must be as fast as release.
let swiftSettings: [SwiftSetting] = [
  .unsafeFlags(["-O"], .when(configuration: .debug)),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "toylab",
  products: [],
  targets: [
    // MARK: System libraries and C
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(
      name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
      linkerSettings: [.linkedLibrary("m")]),

    // MARK: The core
    .target(name: "Tensors", swiftSettings: swiftSettings),
    .target(
      name: "Engines", dependencies: ["Tensors", "CKernels", "CBLAS"], swiftSettings: swiftSettings),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Engines"], swiftSettings: swiftSettings),
    .testTarget(
      name: "TensorsTests", dependencies: ["Tensors", "Engines", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EnginesTests", dependencies: ["Tensors", "Engines", "TestSupport"],
      swiftSettings: swiftSettings),
  ]
)
