import CodCore
import CodZip
import Foundation
import TestSupport
import Testing

@Suite("A zip that is there")
struct StudyZipperAgainTests {
    private static func zipped(_ files: SavedFiles) async throws -> String {
        let study = try await StudyZipper(into: files.folder["zips"]).run(files.study, in: StageContext())
        return try #require(study.artifacts.last)
    }

    private static func files() throws -> SavedFiles {
        var files = try SavedFiles()
        try files.add(ramp(1000), as: "1")
        try files.add(noise(3_000_000), as: "2")
        try files.add(ramp(1000), as: "1", in: "4.6")
        return files
    }

    @Test("stays as it is, and is an artifact, when it holds exactly the study: no instance is read")
    func same() async throws {
        let files = try Self.files()
        let path = try await Self.zipped(files)
        let before = try FileStamp(of: path)
        try FileManager.default.removeItem(atPath: files.folder["out"])
        #expect(try await Self.zipped(files) == path && FileStamp(of: path) == before)
    }

    /// What became of a study or of its zip since.
    enum Change: CaseIterable {
        case more, fewer, otherBytes, otherSize, unknownChecksum
        case cutOff, garbage, empty, link, foreign
    }

    @Test("gives way to a new one when it is anything else", arguments: Change.allCases)
    func changed(change: Change) async throws {
        var files = try Self.files()
        let path = try await Self.zipped(files)
        let (before, bytes) = (try FileStamp(of: path), try Data(contentsOf: URL(filePath: path)))
        switch change {
        case .more: try files.add(ramp(10), as: "3")
        case .fewer: files.study.series[0].instances.removeLast()
        case .otherBytes:
            files.study.series[0].instances.removeFirst()
            try files.add(noise(1000), as: "1")
        case .otherSize:
            files.study.series[0].instances.removeFirst()
            try files.add(ramp(1001), as: "1")
        case .unknownChecksum:
            let old = files.study.series[0].instances[0]
            files.study.series[0].instances[0] = SavedInstance(
                instance: Instance(series: old.instance.series, uid: old.instance.uid, byteCount: old.instance.byteCount),
                path: old.path, root: old.root)
        case .cutOff: try bytes.dropLast(7).write(to: URL(filePath: path))
        case .garbage: try Data(noise(5000)).write(to: URL(filePath: path))
        case .empty: try Data().write(to: URL(filePath: path))
        case .link:
            try FileManager.default.moveItem(atPath: path, toPath: files.folder["elsewhere.zip"])
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: files.folder["elsewhere.zip"])
        case .foreign:
            // The same names and bytes by another program.
            let text = """
                import sys, zipfile
                old = zipfile.ZipFile(sys.argv[1])
                with zipfile.ZipFile(sys.argv[2], "w") as new:
                    for name in old.namelist(): new.writestr(name, old.read(name))
                """
            _ = try ZipReader.run(["python3", "-c", text, path, files.folder["foreign.zip"]])
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: files.folder["foreign.zip"], toPath: path)
        }
        #expect(try await Self.zipped(files) == path && FileStamp(of: path) != before)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeRegular)
        // Of what was added again the file of the same name holds the new bytes.
        #expect(try files.unpacked(path) == files.expected())
        #expect(files.folder.names(in: "zips").count == 1)
    }

    @Test("stays when the new one fails: a file that is no longer what was saved, or gone", arguments: [true, false])
    func failing(isGone: Bool) async throws {
        var files = try Self.files()
        let path = try await Self.zipped(files)
        let before = try FileStamp(of: path)
        for byteCount in [1000, 3_000_000] {
            try files.add(noise(byteCount, seed: 9), as: "new-\(byteCount)")
            let saved = try #require(files.study.series[0].instances.last)
            if isGone {
                try FileManager.default.removeItem(atPath: saved.location)
            } else {
                try Data(noise(byteCount, seed: 10)).write(to: URL(filePath: saved.location))
            }
            await #expect {
                try await Self.zipped(files)
            } throws: { error in
                guard let error = error as? CodError else { return false }
                return error.reach == .study && error.instance == saved.instance.uid && error.message.contains(saved.location)
                    && (isGone || error.code == .checksumMismatch)
            }
            files.study.series[0].instances.removeLast()
        }
        #expect(try FileStamp(of: path) == before && files.folder.names(in: "zips").count == 1)
    }

    @Test("is not made when the task is cancelled, and nothing is left")
    func cancelled() async throws {
        var files = try SavedFiles()
        for number in 0..<20 { try files.add(noise(1_100_000, seed: UInt64(number)), as: "\(number)") }
        let whole = files
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Self.zipped(whole)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(files.folder.names(in: "zips").isEmpty)
    }
}
