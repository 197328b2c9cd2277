import CodCore
import Foundation
import TestSupport
import Testing

@testable import CodZip

/// A study as a store has it, and a run that retrieves it into a sink.
struct ZipStudy: Sendable {
    struct Stored: Sendable {
        let id: SeriesID
        let uid: String
        let bytes: [UInt8]
        let checksum: CRC32C

        init(id: SeriesID, uid: String, bytes: [UInt8]) {
            (self.id, self.uid, self.bytes) = (id, uid, bytes)
            var checksum = RunningCRC32C()
            checksum.update(bytes.span.bytes)
            self.checksum = checksum.checksum
        }

        var instance: Instance { Instance(series: id, uid: uid, byteCount: Int64(bytes.count), checksum: checksum) }
        var name: String { "\(id.series)/instances/\(uid).dcm" }

        func events(chunkByteCount: Int) -> [InstanceEvent] {
            let chunks = stride(from: 0, to: bytes.count, by: chunkByteCount).map {
                InstanceEvent.bytes(ByteChunk(bytes[$0..<min($0 + chunkByteCount, bytes.count)]))
            }
            return [.begin(instance)] + chunks + [.end(checksum: checksum)]
        }
    }

    /// What a run did.
    struct Outcome {
        var study: SavedStudy
        /// The instances that the sink did not hold.
        var fetched: [String] = []
        var failure: CodError?
    }

    var uid = "1.2.3"
    private(set) var stored: [Stored] = []

    mutating func add(_ bytes: [UInt8], as uid: String, in series: String = "4.5") {
        stored.append(Stored(id: SeriesID(study: self.uid, series: series), uid: uid, bytes: bytes))
    }

    /// A few instances of all kinds.
    static func mixed(large: Bool = false) -> ZipStudy { large ? mixedLarge : mixedSmall }

    private static let mixedSmall = makeMixed(large: false)
    private static let mixedLarge = makeMixed(large: true)

    private static func makeMixed(large: Bool) -> ZipStudy {
        var study = ZipStudy()
        study.add([], as: "0")
        study.add([7], as: "1")
        study.add(ramp(300_000), as: "2", in: "4.6")
        study.add(noise(70_000), as: "3", in: "4.6")
        for number in 10..<30 { study.add(ramp(20_000 + number), as: "\(number)", in: "4.7") }
        if large {
            study.add(ramp(5_000_001), as: "40", in: "4.8")
            study.add(noise(3_000_001), as: "41", in: "4.8")
            study.add(noise((1 << 20) + 1, seed: 9), as: "42", in: "4.9")
        }
        return study
    }

    var series: [SeriesID] {
        var seen = Set<SeriesID>()
        return stored.map(\.id).filter { seen.insert($0).inserted }
    }

    func plan(of series: SeriesID) -> SeriesPlan {
        SeriesPlan(
            id: series,
            state: .retrievable(Archive(series: series, url: "test:\(series)", objectName: "\(series).tar", byteCount: nil)),
            instances: stored.filter { $0.id == series }.map {
                PlannedInstance(uid: $0.uid, byteCount: Int64($0.bytes.count), checksum: $0.checksum)
            })
    }

    var plan: RetrievalPlan {
        RetrievalPlan(studies: [StudyPlan(uid: uid, series: series.map(plan(of:)))])
    }

    /// The bytes of all entries that its zip must have.
    var expected: [String: [UInt8]] { Dictionary(uniqueKeysWithValues: stored.map { ($0.name, $0.bytes) }) }

    /// Retrieves what the sink does not hold, every series side by side; `failing` instances fail their check. Without `finishes` the run
    /// ends before the study does.
    func retrieve(
        into sink: ZipSink, failing: Set<String> = [], chunkByteCount: Int = 50_000, finishes: Bool = true
    ) async throws -> Outcome {
        try await sink.prepare(for: plan)
        var outcome = Outcome(study: SavedStudy(uid: uid))
        var missing: [SeriesID: [Stored]] = [:]
        for id in series {
            let held = try await sink.inventory(of: plan(of: id))
            #expect(held.allSatisfy { $0.isEarlier })
            let uids = Set(held.map(\.instance.uid))
            outcome.study.series.append(SavedSeries(id: id, instances: held))
            missing[id] = stored.filter { $0.id == id && !uids.contains($0.uid) }
            outcome.fetched += missing[id, default: []].map(\.uid)
        }
        try await withThrowingTaskGroup(of: SavedSeries.self) { group in
            for (id, instances) in missing where !instances.isEmpty {
                group.addTask {
                    try await sink.runPortion(
                        of: id,
                        instances.flatMap { stored in
                            let events = stored.events(chunkByteCount: chunkByteCount)
                            guard failing.contains(stored.uid) else { return events }
                            return events.dropLast() + [.failed(CodError(.checksumMismatch, "Made to fail.", reach: .instance))]
                        })
                }
            }
            for try await result in group {
                let position = try #require(outcome.study.series.firstIndex { $0.id == result.id })
                outcome.study.series[position].instances += result.instances
                outcome.study.series[position].failures += result.failures
            }
        }
        if finishes {
            do { outcome.study = try await sink.finish(outcome.study) } catch let error as CodError { outcome.failure = error }
        }
        try await sink.close()
        return outcome
    }
}

/// Reads zips that are finished or in progress.
enum ZipContent {
    /// The bytes of all entries of a finished zip, unpacked by Python, which tests them.
    static func unpacked(_ zip: String) throws -> [String: [UInt8]] {
        let folder = try TemporaryFolder()
        let text = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
        let result = try ZipReader.run(["python3", "-c", text, zip, folder.path])
        try #require(result.status == 0, "\(result.text)")
        var files: [String: [UInt8]] = [:]
        for name in folder.everything where name.hasSuffix(".dcm") || name.hasSuffix(".txt") {
            files[name] = FileManager.default.contents(atPath: folder[name]).map(Array.init)
        }
        return files
    }

    /// The bytes of an entry of a study's zip, finished or, where there is no finished one, in progress.
    static func bytes(of name: String, study: String, in folder: String) throws -> [UInt8]? {
        let names = StudyZip.Names(folder: try OpenFile.folder(at: folder), folderPath: folder, study: study)
        let finished = try FinishedZip(names)
        let places = try finished?.places ?? StudyZip.recorded(names).places
        guard let place = places[name] else { return nil }
        let file = try OpenFile.reading(at: finished == nil ? names.partialPath : names.path)
        let offset = try finished?.dataOffset(of: place) ?? place.dataOffset
        let packed = try file.readChunk(at: offset, byteCount: Int(place.entry.packedByteCount))
        var bytes: [UInt8] = []
        if place.entry.method == .stored {
            packed.withBytes { span in span.withUnsafeBytes { bytes = Array($0) } }
        } else {
            let inflater = try EntryInflater()
            _ = try packed.withBytes { piece throws in
                try inflater.inflate(piece) { span in span.withUnsafeBytes { bytes += $0 } }
            }
        }
        return bytes
    }
}
