import Foundation
import Testing

/// A program that reads zips, run to its end.
enum ZipReader: String, CaseIterable, CustomTestStringConvertible {
    case unzip, sevenZip, bsdtar, python, java

    var testDescription: String { rawValue }

    private static let pythonText = """
        import hashlib, sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as archive:
            broken = archive.testzip()
            sys.exit(1 if broken else 0)
        """

    private func command(for zip: String) -> [String] {
        switch self {
        case .unzip: ["unzip", "-tqq", zip]
        case .sevenZip: ["7z", "t", "-bso0", zip]
        case .bsdtar: ["bsdtar", "-xOf", zip]
        case .python: ["python3", "-c", Self.pythonText, zip]
        case .java: ["jar", "tf", zip]
        }
    }

    /// Those that are installed here. Python's is among them: the interop suite needs it, too.
    static let installed = allCases.filter(\.isThere)

    /// Whether it is installed here.
    private var isThere: Bool { (try? Self.run(["sh", "-c", "command -v \(command(for: "")[0])"]))?.status == 0 }

    /// Reads all of a zip; answers its exit code and what it said.
    func test(_ zip: String) throws -> (status: Int32, text: String) { try Self.run(command(for: zip)) }

    /// Runs a program; its output is answered as a text, cut off after a while.
    static func run(_ command: [String]) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data.prefix(10_000), as: UTF8.self))
    }
}
