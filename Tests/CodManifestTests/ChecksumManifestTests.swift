import CodCore
import CodManifest
import Foundation
import Testing

@Suite("The list of checksums of a study")
struct ChecksumManifestTests {
    @Test("It has a line for every file, in the order of names, with crc32c and size above it")
    func text() async throws {
        try await withFolder { folder in
            let study = try folder.study(["1.2.4/b": "123456789", "1.2.3/a": ""])
            let finished = try await ChecksumManifest().run(study, in: StageContext())
            #expect(finished.artifacts == ["before", "\(folder.path)/1.2/SHA256SUMS"])
            #expect(
                try folder.read("1.2/SHA256SUMS") == """
                    # Study 1.2. Above each file: its crc32c, its size in bytes, its name.
                    # 00000000 0 1.2.3/instances/a.dcm
                    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  1.2.3/instances/a.dcm
                    # e3069283 9 1.2.4/instances/b.dcm
                    15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225  1.2.4/instances/b.dcm

                    """)
        }
    }

    @Test("sha256sum itself finds it right, strictly, and finds out a change of one byte", .enabled(if: sha256sum != nil))
    func realTool() async throws {
        try await withFolder { folder in
            var study = try folder.study(["1.2.3/a": "one", "1.2.3/b": String(repeating: "x", count: 3_000_000), "1.2.3/c": ""])
            study.series[0].failures = [
                CodError(.checksumMismatch, "Other\nbytes.").located(in: study.series[0].id, instance: "d")
            ]
            _ = try await ChecksumManifest().run(study, in: StageContext())
            #expect(try check(folder) == 0)
            try folder.write("onf", to: "1.2/1.2.3/instances/a.dcm")
            #expect(try check(folder) == 1)
        }
    }

    @Test("Names with backslashes and line ends are escaped as sha256sum wants it", .enabled(if: sha256sum != nil))
    func escapedNames() async throws {
        try await withFolder { folder in
            _ = try await ChecksumManifest().run(try folder.study(["1.2.3/a\\b": "x", "1.2.3/c\nd": "y"]), in: StageContext())
            #expect(try check(folder) == 0)
        }
    }

    @Test("An incomplete study gets a list of what is saved, which names what is missing")
    func incomplete() async throws {
        try await withFolder { folder in
            var study = try folder.study(["1.2.3/a": "one"])
            study.series[0].failures = [
                CodError(.instanceMissing, "It is not there.").located(in: study.series[0].id, instance: "b\nx")
            ]
            study.series.append(
                SavedSeries(id: SeriesID(study: "1.2", series: "1.2.9"), failures: [CodError(.damagedArchive, "No tar.")]))
            let finished = try await ChecksumManifest().run(study, in: StageContext())
            #expect(!finished.isComplete)
            let lines = try folder.read("1.2/SHA256SUMS").split(separator: "\n")
            #expect(lines.contains("# Not complete. What is missing:"))
            #expect(lines.contains("# missing 1.2.3/bx (instanceMissing)"))
            #expect(lines.contains("# missing 1.2.9 (damagedArchive)"))
            #expect(lines.count { !$0.hasPrefix("#") } == 1)
        }
    }

    @Test(
        "A file that is no longer what was saved fails the study, and the older list stays", arguments: ["two", "on", "ones", ""])
    func damaged(content: String) async throws {
        try await withFolder { folder in
            let study = try folder.study(["1.2.3/a": "one", "1.2.3/b": "b"])
            _ = try await ChecksumManifest().run(study, in: StageContext())
            let before = try folder.read("1.2/SHA256SUMS")
            try folder.write(content, to: "1.2/1.2.3/instances/a.dcm")
            let error = await #expect(throws: CodError.self) { try await ChecksumManifest().run(study, in: StageContext()) }
            #expect(error?.code == .checksumMismatch)
            #expect(error?.instance == "a")
            #expect(error?.series == "1.2.3")
            #expect(error?.reach == .study)
            #expect(error?.recovery != nil)
            #expect(error?.message.contains("\(content.utf8.count) bytes") == true)
            #expect(try folder.read("1.2/SHA256SUMS") == before)
        }
    }

    @Test("Files of earlier runs are compared with the metadata's checksum")
    func earlier() async throws {
        try await withFolder { folder in
            var study = try folder.study(["1.2.3/a": "one"])
            let instance = Instance(series: study.series[0].id, uid: "a", byteCount: 3, checksum: CRC32C(1))
            study.series[0].instances = [
                SavedInstance(instance: instance, path: "1.2/1.2.3/instances/a.dcm", root: folder.path, isEarlier: true)
            ]
            await #expect(throws: CodError.self) { try await ChecksumManifest().run(study, in: StageContext()) }
        }
    }

    @Test("Several damaged files are counted")
    func manyDamaged() async throws {
        try await withFolder { folder in
            let study = try folder.study(["1.2.3/a": "one", "1.2.3/b": "b", "1.2.3/c": "c"])
            for name in ["a", "c"] { try folder.write("other", to: "1.2/1.2.3/instances/\(name).dcm") }
            let error = await #expect(throws: CodError.self) { try await ChecksumManifest().run(study, in: StageContext()) }
            #expect(error?.message.hasSuffix("The same is so of 1 other files of the study.") == true)
        }
    }

    @Test("A file that is gone is told by its path")
    func gone() async throws {
        try await withFolder { folder in
            let study = try folder.study(["1.2.3/a": "one"])
            try FileManager.default.removeItem(atPath: "\(folder.path)/1.2/1.2.3/instances/a.dcm")
            let error = await #expect(throws: CodError.self) { try await ChecksumManifest().run(study, in: StageContext()) }
            #expect(error?.message.contains("1.2/1.2.3/instances/a.dcm") == true)
        }
    }

    @Test("Nothing saved, no list")
    func empty() async throws {
        let study = try await ChecksumManifest().run(SavedStudy(uid: "1.2"), in: StageContext())
        #expect(study.artifacts.isEmpty)
    }

    @Test("Files outside the study's folder are refused: their names in the list would lead nowhere")
    func otherLayout() async throws {
        try await withFolder { folder in
            var study = try folder.study(["1.2.3/a": "one"])
            let instance = study.series[0].instances[0].instance
            study.series[0].instances.append(SavedInstance(instance: instance, path: "flat/a.dcm", root: folder.path))
            let error = await #expect(throws: CodError.self) { try await ChecksumManifest().run(study, in: StageContext()) }
            #expect(error?.code == .outputUnusable)
        }
    }

    @Test("The list may have another name")
    func otherName() async throws {
        try await withFolder { folder in
            _ = try await ChecksumManifest(named: "sums.txt").run(try folder.study(["1.2.3/a": "one"]), in: StageContext())
            #expect(try folder.read("1.2/sums.txt").contains("1.2.3/instances/a.dcm"))
        }
    }

    /// What `sha256sum -c --strict` ends with in the study's folder.
    private func check(_ folder: StudyFolder) throws -> Int32 {
        let process = Process()
        process.executableURL = sha256sum
        process.arguments = ["-c", "--strict", "--quiet", "SHA256SUMS"]
        process.currentDirectoryURL = URL(filePath: "\(folder.path)/1.2")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// Where the tool is; `nil` where there is none.
private let sha256sum = ["/usr/bin/sha256sum", "/bin/sha256sum"].first(where: FileManager.default.isExecutableFile).map {
    URL(filePath: $0)
}
