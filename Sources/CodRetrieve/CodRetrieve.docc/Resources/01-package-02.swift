// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "retrieve",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(path: "../cod-retrieve")
    ],
    targets: [
        .executableTarget(
            name: "retrieve",
            dependencies: [
                .product(name: "CodCore", package: "cod-retrieve"),
                .product(name: "CodTransport", package: "cod-retrieve"),
                .product(name: "CodExtract", package: "cod-retrieve"),
                .product(name: "CodSink", package: "cod-retrieve"),
                .product(name: "CodZip", package: "cod-retrieve"),
                .product(name: "CodTesting", package: "cod-retrieve"),
            ])
    ]
)
