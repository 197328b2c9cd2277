import CodBenchKit
import CodCore
import CodExtract
import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decoding and verifying in memory: the stages alone, beside the checksum alone.
struct ExtractScenario: TimedScenario {
    let key: String
    let load: Load
    let instanceByteCount: Int
    /// `nil`: there is no limit to what an entry takes beyond the checksum.
    let secondsPerEntry: Double?
    let goals: [Goal]

    static let all: [any Scenario] = [
        ExtractScenario(
            key: "extract", load: .megabytes(268), instanceByteCount: 526_000, secondsPerEntry: nil,
            goals: [.speedOfRoofline(atLeast: 0.85)]),
        ExtractScenario(key: "extract-small", load: .megabytes(200), instanceByteCount: 20_000, secondsPerEntry: 1e-6, goals: []),
    ]

    private static let chunkByteCount = 256 << 10

    var title: String { "decode and verify in memory, instances of \(instanceByteCount / 1000) kB" }

    func measured(_ load: Load, in workshop: Workshop, roundCount: Int) async throws -> Measurement {
        var measurement = try await turns(load, in: workshop, roundCount: roundCount)
        if let secondsPerEntry {
            let entryCount = shape(load).instanceCount
            measurement.goals.append(.secondsBeyondRoofline(entryCount: entryCount, atMost: secondsPerEntry))
        }
        return measurement
    }

    private func shape(_ load: Load) -> StoreShape {
        .holding(load.byteCount, instanceByteCount: instanceByteCount, seriesCount: 1)
    }

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let store = try workshop.store(shape(load))
        let series = store.series[0]
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(store.writer.folder)/\(series.archiveName)"))
        let chunks = stride(from: 0, to: bytes.count, by: Self.chunkByteCount).map {
            ByteChunk(bytes[$0..<min($0 + Self.chunkByteCount, bytes.count)])
        }
        let archive = Archive(
            series: series.id, url: "memory", objectName: series.archiveName, byteCount: series.archiveByteCount)
        let portion = Portion(
            archive: archive, byteRange: 0..<series.archiveByteCount,
            instances: series.instances.map {
                PlannedInstance(uid: $0.uid, byteCount: $0.byteCount, checksum: $0.checksum)
            })
        return [
            Contender(name: "cod: tar decoder and crc32c", role: .ours, byteCount: series.archiveByteCount) { _ in
                try await OwnProcess.sample { try await Self.extract(portion, chunks) }
            },
            Contender(name: "crc32c of the same bytes", role: .roofline, byteCount: series.archiveByteCount) { _ in
                await OwnProcess.sample {
                    var checksum = RunningCRC32C()
                    for chunk in chunks { checksum.update(chunk) }
                }
            },
            Contender(name: "memory copy of the same bytes", role: .roofline, byteCount: series.archiveByteCount) { _ in
                await OwnProcess.sample {
                    var target = [UInt8](repeating: 0, count: Self.chunkByteCount)
                    for chunk in chunks {
                        chunk.withBytes { bytes in
                            bytes.withUnsafeBytes { bytes in target.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
                        }
                    }
                }
            },
        ]
    }

    @concurrent private static func extract(_ portion: Portion, _ chunks: [ByteChunk]) async throws {
        let context = StageContext()
        let bytes = ByteStream(of: portion) {
            var position = 0
            return ByteStream.AsyncIterator {
                guard position < chunks.count else { return nil }
                defer { position += 1 }
                return chunks[position]
            }
        }
        let instances = try await ChecksumVerifier().run(try await TarExtractor().run(bytes, in: context), in: context)
        var iterator = instances.makeAsyncIterator()
        var verifiedCount = 0
        while let event = try await iterator.next() {
            if case .end = event { verifiedCount += 1 }
        }
        guard verifiedCount == portion.instances.count else {
            throw Obstacle("Only \(verifiedCount) of \(portion.instances.count) instances were verified.")
        }
    }
}
