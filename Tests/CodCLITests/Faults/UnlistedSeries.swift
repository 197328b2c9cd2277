import CodCore
import CodTesting
import Foundation
import Testing

/// A series of a served store: four instances, and one that its metadata does not list.
struct UnlistedSeries {
    /// What a download writes to.
    enum Way: CaseIterable { case folder, zip }

    let store: ServedStore
    let written: WrittenSeries
    /// The instance that is not listed.
    let unlisted: (name: String, bytes: [UInt8])
    /// A byte of it.
    let place: Int64

    /// - Parameters:
    ///   - salt: what tells versions of one size apart.
    ///   - unlistedByteCount: of the instance that is not listed.
    init(in store: ServedStore, salt: Int = 0, omitsChecksums: Bool = false, unlistedByteCount: Int = 30_000) throws {
        self.store = store
        let unlisted = (name: "instances/1.2.77.99.dcm", bytes: [UInt8](repeating: 9, count: unlistedByteCount))
        self.unlisted = unlisted
        var defects = SeriesDefects.none
        defects.unlistedEntries = [unlisted]
        defects.omitsChecksums = omitsChecksums
        let written = try store.written.writer.writeSeries(
            study: store.study, series: "1.2.77",
            instances: (0..<4).map { (uid: "1.2.77.\($0)", bytes: Self.bytes($0, salt: salt)) }, defects: defects)
        self.written = written
        let archive = try Data(contentsOf: URL(fileURLWithPath: "\(store.written.writer.folder)/\(written.archiveName)"))
        let found = try #require(archive.range(of: Data(unlisted.bytes)) as Range<Int>?)
        place = Int64(found.lowerBound) + 77
    }

    private static func bytes(_ number: Int, salt: Int) -> [UInt8] {
        (0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &+ salt) }
    }

    /// What must be saved of it.
    func expected(salt: Int = 0) -> [String: Data] {
        var files = [name(of: "1.2.77.99"): Data(unlisted.bytes)]
        for number in 0..<4 { files[name(of: "1.2.77.\(number)")] = Data(Self.bytes(number, salt: salt)) }
        return files
    }

    func name(of uid: String) -> String { "\(written.id)/instances/\(uid).dcm" }

    /// What is saved of it, in the folder or the study's zip; nothing while there is none.
    func saved(_ way: Way) async throws -> [String: Data] {
        switch way {
        case .folder: return try store.scratch.files(in: "out").filter { $0.key.hasPrefix("\(written.id)/") }
        case .zip:
            guard FileManager.default.fileExists(atPath: store.zipPath) else { return [:] }
            let files = try await UnpackedZip.files(in: store.zipPath)
            return Dictionary(uniqueKeysWithValues: files.map { ("\(written.id.study)/\($0.key)", $0.value) })
                .filter { $0.key.hasPrefix("\(written.id)/") }
        }
    }

    func fetch(_ way: Way, _ more: String...) async throws -> CommandRun {
        try await CommandRun.cod(arguments(way) + more)
    }

    func arguments(_ way: Way) -> [String] {
        let output =
            way == .folder ? ["-o", store.scratch.path("out")] : ["--zip-only", "--zip-dir", store.scratch.path("zips")]
        return ["download", store.link, store.study, "--endpoint", store.endpoint, "--timeout", "300"] + output
    }

    /// From now on a byte of the unlisted instance is another, whoever asks for it by whatever range.
    func flip() {
        store.server.script(matching: .object(name: written.archiveName), faults: [], thenAlways: .corrupt(atByte: place))
    }
}
