import Foundation
import Testing

/// A zip, read by another program than ours.
enum UnpackedZip {
    /// All files in a zip, by their names in it. Fails where the zip is not whole.
    static func files(in zip: String) async throws -> [String: Data] {
        let scratch = try Scratch()
        let text = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as archive:
                if archive.testzip(): sys.exit(3)
                archive.extractall(sys.argv[2])
            """
        let run = try await CommandRun.run("/usr/bin/env", ["python3", "-c", text, zip, scratch.path("files")])
        #expect(run.exitCode == 0, "\(zip): \(run.errors)")
        return try scratch.files(in: "files")
    }

    /// The files that the zip of a study must hold, of all that must be saved.
    static func expected(of study: String, in files: [String: Data]) -> [String: Data] {
        Dictionary(
            uniqueKeysWithValues: files.filter { $0.key.hasPrefix("\(study)/") }.map {
                (String($0.key.dropFirst(study.count + 1)), $0.value)
            })
    }
}

extension ServedStore {
    /// A download that zips to the folder `zips`.
    func zip(output: String = "out", _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(zipArguments(output: output) + more)
    }

    func zipArguments(output: String = "out") -> [String] {
        [
            "download", link, study, "-o", scratch.path(output), "--endpoint", endpoint, "--zip", "--zip-dir",
            scratch.path("zips"),
        ]
    }

    var zipPath: String { scratch.path("zips/\(study).zip") }

    /// Expects that the study's zip holds all of it, and that nothing else is in the folder of zips.
    func expectZipped(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let expected = UnpackedZip.expected(of: study, in: try files())
        #expect(try await UnpackedZip.files(in: zipPath) == expected, sourceLocation: sourceLocation)
        #expect(zipNames == ["\(study).zip"], sourceLocation: sourceLocation)
    }

    /// All names in the folder of zips.
    var zipNames: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: scratch.path("zips"))) ?? []).sorted()
    }
}
