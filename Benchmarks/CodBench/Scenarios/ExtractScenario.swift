import CodCore
import CodExtract
import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Decoding and verifying in memory: the stages alone, beside the checksum alone.
struct ExtractScenario: Scenario {
    let instanceByteCount: Int

    private static let chunkByteCount = 256 << 10

    var name: String { "extract, instances of \(instanceByteCount) bytes" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        let store = try workshop.store(instanceByteCount: instanceByteCount)
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
            Contender(name: "cod: tar decoder and crc32c", byteCount: series.archiveByteCount) { _ in
                try await Sample.ofThisProcess { try await Self.extract(portion, chunks) }
            },
            Contender(name: "crc32c of the same bytes", isRoofline: true, byteCount: series.archiveByteCount) { _ in
                await Sample.ofThisProcess {
                    var checksum = RunningCRC32C()
                    for chunk in chunks { checksum.update(chunk) }
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
