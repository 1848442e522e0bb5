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
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat",
            providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "Base"),
        .target(name: "NeuralNetwork", dependencies: ["Base", "CKernels", "COpenBLAS"], swiftSettings: computing),
        .target(
            name: "FaceTracking", dependencies: ["Base", "CKernels", "NeuralNetwork"], swiftSettings: computing),
        .target(name: "Capture", dependencies: ["Base", "CCurl", "CFFmpeg", "CV4L2"]),
        .target(
            name: "Training",
            dependencies: [
                "Base", "Capture", "CKernels", "COpenBLAS", "FaceTracking", "NeuralNetwork", "Rendering",
                .product(name: "Yams", package: "Yams"),
            ], swiftSettings: computing),
        .target(
            name: "Rendering", dependencies: ["Base", "CKernels", "COpenBLAS", "FaceTracking", "NeuralNetwork"],
            swiftSettings: computing),
        .target(
            name: "Service",
            dependencies: [
                "Base", "Capture", "FaceTracking",
                .product(name: "Yams", package: "Yams"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]),
        .executableTarget(
            name: "landmarkd",
            dependencies: [
                "Base", "Capture", "FaceTracking", "NeuralNetwork", "Rendering", "Service", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "TestSupport", dependencies: ["Base"], path: "Tests/TestSupport"),
        .testTarget(name: "KernelTests", dependencies: ["CKernels", "TestSupport"]),
        .testTarget(name: "NeuralNetworkTests", dependencies: ["NeuralNetwork", "TestSupport"]),
        .testTarget(name: "FaceTrackingTests", dependencies: ["FaceTracking", "Rendering", "TestSupport"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "TestSupport"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "TestSupport"]),
        .testTarget(name: "RenderingTests", dependencies: ["Rendering", "TestSupport"]),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Service", "Rendering", "Capture", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        .testTarget(name: "CommandTests", dependencies: ["landmarkd", "TestSupport"], exclude: ["Help"]),
    ],
    swiftLanguageModes: [.v6]
)

// For Tests/fuzz/run only: a program of libFuzzer's, which brings its own main function.
if Context.environment["LANDMARKD_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzzer", dependencies: ["FaceTracking", "NeuralNetwork", "Training"], path: "Tests/fuzz/Fuzzer",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
