// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: language mode 6 comes with the tools version, these come on top.
let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// CI turns warnings into errors; a user's newer compiler must not break their build.
let warnings: [SwiftSetting] =
    Context.environment["COD_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "cod-retrieve",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "CodCore", targets: ["CodCore"]),
        .library(name: "CodTransport", targets: ["CodTransport"]),
        .library(name: "CodExtract", targets: ["CodExtract"]),
        .library(name: "CodSink", targets: ["CodSink"]),
        .library(name: "CodZip", targets: ["CodZip"]),
        .library(name: "CodRetrieve", targets: ["CodRetrieve"]),
        .library(name: "CodManifest", targets: ["CodManifest"]),
        .library(name: "CodFilter", targets: ["CodFilter"]),
        .library(name: "CodTesting", targets: ["CodTesting"]),
        .executable(name: "cod", targets: ["CodCLI"]),
        .executable(name: "CodBench", targets: ["CodBench"]),
    ],
    traits: [
        .trait(
            name: "LibDeflate",
            description: "Zips are packed by libdeflate, which must be installed with its headers; zlib is slower.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    ],
    targets: [
        // The system's libraries and the calls that Swift cannot make.
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
        // Only who asks for it needs it.
        .systemLibrary(
            name: "CLibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .target(name: "CCodSystem"),

        // The star: CodCore in the middle, five stages' homes around it that know nothing of each other.
        .target(name: "CodCore", dependencies: ["CCodSystem", nioCore, nioLocks, logging, system, crypto]),
        .target(
            name: "CodTransport",
            dependencies: [
                "CCodSystem", "CodCore", "CZlib", "CZstd", httpClient, nioCore, nioPosix, nioHTTP1, nioSSL, logging, system,
                crypto,
                cryptoExtras,
                subprocess,
            ]),
        .target(name: "CodExtract", dependencies: ["CodCore"]),
        .target(name: "CodSink", dependencies: ["CodCore", logging, system]),
        .target(
            name: "CodZip",
            dependencies: [
                "CodCore", "CCodSystem", "CZlib", .target(name: "CLibdeflate", condition: .when(traits: ["LibDeflate"])), logging,
                system,
            ]),

        // What puts them together.
        .target(
            name: "CodRetrieve",
            dependencies: ["CCodSystem", "CodCore", "CodTransport", "CodExtract", "CodSink", "CodZip", system, logging]),
        .target(
            name: "CodTesting",
            dependencies: [
                "CodCore", "CZlib", "CZstd", hummingbird, hummingbirdCore, nioCore, nioPosix, nioHTTP1, nioSSL, certificates,
                asn1,
                logging, system, crypto,
            ]),
        .executableTarget(
            name: "CodCLI",
            dependencies: [
                "CodRetrieve", "CodTransport", "CodExtract", "CodSink", "CodZip", "CodTesting", "CCodSystem", nioCore, system,
                logging,
                argumentParser, certificates, asn1,
            ]),

        // Optional stages: CodCore alone.
        .target(name: "CodManifest", dependencies: ["CodCore"], path: "Plugins/CodManifest"),
        .target(name: "CodFilter", dependencies: ["CodCore"], path: "Plugins/CodFilter"),

        // What to do with the libraries: programs that use their public interface alone. No products; run them with `swift run NAME`.
        .executableTarget(
            name: "IdentityCheck", dependencies: ["CodCore", "CodRetrieve", "CodSink", "CodTransport", argumentParser],
            path: "Examples/IdentityCheck", exclude: ["README.md"]),
        .executableTarget(
            name: "DigestStore", dependencies: ["CodCore", "CodRetrieve", "CodTransport", system, argumentParser],
            path: "Examples/DigestStore", exclude: ["README.md"]),
        .executableTarget(
            name: "LiveProgress", dependencies: ["CodCore", "CodRetrieve", system, argumentParser],
            path: "Examples/LiveProgress", exclude: ["README.md"]),
        .executableTarget(
            name: "StudyService",
            dependencies: [
                "CodCore", "CodRetrieve", "CodTransport", "CodZip", hummingbird, nioCore, logging, system, argumentParser,
            ],
            path: "Examples/StudyService", exclude: ["README.md"]),

        .executableTarget(
            name: "CodBench",
            dependencies: [
                "CodBenchKit", "CodCore", "CodExtract", "CodRetrieve", "CodTesting", "CodZip", system, argumentParser,
            ],
            path: "Benchmarks/CodBench"),
        // What of it is pure: what figures come to, and how they are printed.
        .target(name: "CodBenchKit", path: "Benchmarks/CodBenchKit"),

        // What the tests of several targets need.
        .target(name: "TestSupport", dependencies: ["CodCore", nioCore, nioPosix], path: "Tests/TestSupport"),
        .target(name: "CAllocationCounting", path: "Tests/CAllocationCounting"),
        .testTarget(
            name: "CodCoreTests", dependencies: ["CodCore", "CodTesting", "CCodSystem", "TestSupport", nioCore, system]),
        .testTarget(
            name: "CodTransportTests",
            dependencies: [
                "CodTransport", "CodTesting", "TestSupport", "CZlib", "CZstd", httpClient, nioCore, nioEmbedded, nioPosix,
                nioHTTP1, nioSSL,
                logging, crypto, cryptoExtras,
            ]),
        .testTarget(name: "CodExtractTests", dependencies: ["CodExtract", "CodTesting", "CAllocationCounting", nioCore]),
        .testTarget(name: "CodZipTests", dependencies: ["CodZip", "CodTesting", "TestSupport", "CCodSystem", "CZlib", system]),
        .testTarget(name: "CodSinkTests", dependencies: ["CodSink", "CodTesting", "TestSupport", logging, system]),
        .testTarget(
            name: "CodTestingTests",
            dependencies: ["CodTesting", "CodCore", "CZlib", "CZstd", httpClient, nioCore, nioHTTP1, nioPosix, nioSSL]),
        .testTarget(name: "CodRetrieveTests", dependencies: ["CodRetrieve", "CodCore", "CodTransport", "CodTesting", "CodZip"]),
        .testTarget(name: "CodCLITests", dependencies: ["CodCLI", "CodCore", "CodTesting", "TestSupport"]),
        .testTarget(name: "CodBenchKitTests", dependencies: ["CodBenchKit"]),
        .testTarget(name: "CodManifestTests", dependencies: ["CodManifest", "CodTesting"]),
        .testTarget(name: "CodFilterTests", dependencies: ["CodFilter", "CodTesting"]),
        .testTarget(
            name: "ExamplesTests",
            dependencies: [
                "IdentityCheck", "DigestStore", "LiveProgress", "StudyService", "CodCore", "CodRetrieve", "CodTesting",
                "CodTransport", "CodZip", "TestSupport", hummingbird, httpClient, nioCore, nioHTTP1, logging, system,
            ]),
        .testTarget(
            name: "ReadmeTests",
            dependencies: [
                "CodRetrieve", "CodTransport", "CodExtract", "CodSink", "CodZip", "CodTesting", "CodManifest", "TestSupport",
            ]),
    ]
)

// The fuzzing targets: a short run of them is a test. `COD_FUZZ=1` makes a program of them, which reaches inside modules and so is
// built optimised only in the way of Scripts/fuzz.sh.
let fuzzed: [Target.Dependency] = ["CodCore", "CodExtract", "CodSink", "CodTesting", "CodTransport", nioHTTP1]
package.targets.append(
    Context.environment["COD_FUZZ"] == nil
        ? .testTarget(
            name: "CodFuzzTests", dependencies: fuzzed + ["CodCLI"], path: "Tests/CodFuzz", exclude: ["Corpus", "Running"])
        : .executableTarget(
            name: "CodFuzz", dependencies: fuzzed + [argumentParser], path: "Tests/CodFuzz", exclude: ["Corpus", "Smoke"]))

for target in package.targets
where ![.system, .plugin].contains(target.type) && !["CCodSystem", "CAllocationCounting"].contains(target.name) {
    target.swiftSettings = swiftSettings + warnings
}
