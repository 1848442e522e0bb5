// swift-tools-version: 6.1
import PackageDescription

/// Kernels are fast in debug builds and tests too: these flags stand after SwiftPM's `-O0`.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"])]

/// What computes is optimised in debug builds too: tests draw and track thousands of pictures.
let computing: [SwiftSetting] = [.unsafeFlags(["-O"])]

let package = Package(
    name: "landmarkd",
    products: [.executable(name: "landmarkd", targets: ["landmarkd"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its default traits: reading settings by swift-configuration, which we do not use, takes long to compile.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "Base", swiftSettings: computing),
        .target(name: "Safetensors", dependencies: ["Base"], swiftSettings: computing),
        .target(name: "SettingsFile", dependencies: ["Base", .product(name: "Yams", package: "Yams")]),
        .target(name: "NeuralNetwork", dependencies: ["Base", "CKernels"], swiftSettings: computing),
        .target(name: "Capture", dependencies: ["Base", "CCurl", "CFFmpeg", "CV4L2"]),
        .target(
            name: "FaceTracking", dependencies: ["Base", "CKernels", "NeuralNetwork", "Safetensors"],
            swiftSettings: computing),
        .target(
            name: "Rendering", dependencies: ["Base", "CKernels", "FaceTracking", "Safetensors"],
            swiftSettings: computing),
        .target(name: "Measures", dependencies: ["Base", "FaceTracking"], swiftSettings: computing),
        .target(name: "Results", dependencies: ["Base", "CZlib", "CZstd", "FaceTracking"]),
        .target(
            name: "Samples",
            dependencies: [
                "Base", "Capture", "CKernels", "CLibXML2", "FaceTracking", "Rendering",
            ], swiftSettings: computing),
        .target(
            name: "FaceStatistics",
            dependencies: ["Base", "COpenBLAS", "FaceTracking", "Rendering", "Safetensors", "Samples"],
            swiftSettings: computing),
        .target(
            name: "Evaluation",
            dependencies: [
                "Base", "Capture", "CKernels", "FaceTracking", "Measures", "Rendering", "Samples",
            ],
            swiftSettings: computing),
        .target(
            name: "Training",
            dependencies: [
                "Base", "CKernels", "Capture", "Evaluation", "FaceTracking", "NeuralNetwork", "Rendering",
                "Safetensors",
                "Samples", "SettingsFile",
            ], swiftSettings: computing),
        .target(name: "Recording", dependencies: ["Base", "Capture", "FaceTracking", "Rendering", "Results"]),
        .target(
            name: "Service",
            dependencies: [
                "Base", "CMosquitto", "Capture", "FaceTracking", "Measures", "Results", "SettingsFile",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ],
            resources: [
                .embedInCode("HTTP/Page/index.html"), .embedInCode("HTTP/Page/page.css"),
                .embedInCode("HTTP/Page/page.js"),
            ]),
        .executableTarget(
            name: "landmarkd",
            dependencies: [
                "Base", "Capture", "Evaluation", "FaceStatistics", "FaceTracking", "Measures", "Recording", "Rendering",
                "Results", "Samples",
                "Service", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "TestSupport", dependencies: ["Base"], path: "Tests/TestSupport"),
        .target(
            name: "SampleSupport", dependencies: ["Base", "FaceTracking", "Samples", "TestSupport"],
            path: "Tests/SampleSupport"),
        .testTarget(name: "BaseTests", dependencies: ["Base", "TestSupport"]),
        .testTarget(name: "SettingsFileTests", dependencies: ["SettingsFile", "TestSupport"]),
        .testTarget(name: "KernelTests", dependencies: ["CKernels", "TestSupport"]),
        .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors", "TestSupport"]),
        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "TestSupport"]),
        .testTarget(name: "FaceTrackingTests", dependencies: ["FaceTracking", "Rendering", "TestSupport"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "TestSupport"]),
        .testTarget(name: "RenderingTests", dependencies: ["Capture", "Rendering", "TestSupport"]),
        .testTarget(name: "MeasuresTests", dependencies: ["Measures", "Rendering", "TestSupport"]),
        .testTarget(name: "ResultsTests", dependencies: ["Results", "TestSupport"]),
        .testTarget(name: "SamplesTests", dependencies: ["Samples", "SampleSupport", "TestSupport"]),
        .testTarget(name: "FaceStatisticsTests", dependencies: ["FaceStatistics", "TestSupport"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "SampleSupport", "TestSupport"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "SampleSupport", "TestSupport"]),
        .testTarget(name: "RecordingTests", dependencies: ["Recording", "TestSupport"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service", "Measures", "Rendering", "Capture", "TestSupport",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]),
        .testTarget(name: "CommandTests", dependencies: ["landmarkd", "TestSupport"], exclude: ["Help"]),
    ],
    swiftLanguageModes: [.v6]
)

// For Tests/fuzz/run only: a program of libFuzzer's, which brings its own main function.
if Context.environment["LANDMARKD_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzer",
            dependencies: ["Base", "Capture", "FaceTracking", "Safetensors", "Samples", "SettingsFile", "Training"],
            path: "Tests/fuzz/Fuzzer",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
