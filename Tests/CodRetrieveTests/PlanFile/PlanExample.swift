import CodCore

@testable import CodRetrieve
@testable import CodTransport

/// A plan with all that a plan can hold, and its file.
enum PlanExample {
    static let place = StorePlace(source: "gs://b/p", endpoint: "https://e", root: "p/") { "https://e/b/\($0)" }

    static func archive(_ id: SeriesID, byteCount: Int64?, checksum: CRC32C? = CRC32C(9)) -> Archive {
        let name = place.archiveName(of: id)
        return Archive(
            series: id, url: place.url(of: name), objectName: name, byteCount: byteCount, generation: 1234, checksum: checksum)
    }

    /// Instances of 1000 bytes that follow one another.
    static func series(
        _ name: String, instanceCount: Int, wanted: (Int) -> Bool = { _ in true }, byteCount: Int64 = 1000
    ) -> SeriesPlan {
        let id = SeriesID(study: "1.2", series: name)
        let stride = (byteCount + 511) / 512 * 512 + 512
        let instances = (0..<instanceCount).map { number in
            PlannedInstance(
                uid: "\(name).\(number)", byteCount: byteCount, checksum: CRC32C(UInt32(number)),
                dataOffset: Int64(number) * stride + 512, isWanted: wanted(number))
        }
        return SeriesPlan(
            id: id, state: .retrievable(archive(id, byteCount: Int64(instanceCount) * stride + 1024)), instances: instances,
            modality: "CT", seriesDescription: "Thorax 1 mm \"é\"", notices: [.locked, .hasErrorLog],
            archiveURI: "gs://x/\(name).tar")
    }

    static let plan: RetrievalPlan = {
        // Without places; with odd names; chosen here and there.
        var unplaced = series("1.2.4", instanceCount: 2)
        unplaced.instances[1].dataOffset = nil
        unplaced.instances[0].byteCount = nil
        unplaced.instances[1].checksum = nil
        unplaced.instances[1].entryName = "a/b\u{7}.dcm"
        unplaced.instances[0].uri = "gs://elsewhere/x.tar://y.dcm"
        let id = SeriesID(study: "1.2", series: "1.2.6")
        var failure = CodError(.missingMetadata, "It has none.", recovery: "Wait.").located(in: id)
        failure.instance = "1.2.6.1"
        var gone = CodError(.studyNotFound, "Gone.", reach: .study)
        gone.study = "1.4"
        return RetrievalPlan(studies: [
            StudyPlan(
                uid: "1.2",
                series: [
                    series("1.2.3", instanceCount: 1001), unplaced,
                    series("1.2.5", instanceCount: 703) { $0 % 700 < 3 },
                    SeriesPlan(id: id, state: .failed(failure)),
                    SeriesPlan(
                        id: SeriesID(study: "1.2", series: "(invalid)a_b"),
                        state: .failed(
                            CodError(.invalidIdentifier, "It is none.").located(
                                in: SeriesID(study: "1.2", series: "(invalid)a_b")))),
                    SeriesPlan(id: SeriesID(study: "1.2", series: "1.2.7"), state: .empty),
                    series("1.2.8", instanceCount: 3, byteCount: 70 << 20),
                ]),
            StudyPlan(uid: "1.3", series: []),
            StudyPlan(uid: "1.4", series: [], failure: gone),
        ])
    }()

    static func lines(of plan: RetrievalPlan = plan, shard: Shard? = nil) throws -> [String] {
        var lines: [String] = []
        try PlanWriter(header: PlanHeader(place: place, selection: .everything, shard: shard)).write(plan) { lines.append($0) }
        return lines
    }

    static func read(_ text: some StringProtocol, pieces: Int = .max) throws -> RetrievalPlan {
        try read(Array(text.utf8), pieces: pieces)
    }

    static func read(_ bytes: [UInt8], pieces: Int = .max) throws -> RetrievalPlan {
        var reader = PlanReader(name: "plan.jsonl") { _ in place }
        var rest = bytes[...]
        while !rest.isEmpty {
            try reader.push(ByteChunk(rest.prefix(pieces)))
            rest = rest.dropFirst(pieces)
        }
        return try reader.finish()
    }

    /// All that is in a plan, as text.
    static func content(_ plan: RetrievalPlan) -> [String] {
        plan.studies.flatMap { study in
            ["\(study.uid) \(study.failure.map { "\($0) \($0.reach)" } ?? "")"]
                + study.series.flatMap { series in
                    [
                        "\(series.id) \(series.archive as Any) \(series.failure as Any) \(series.modality as Any)"
                            + " \(series.seriesDescription as Any) \(series.notices.map(\.rawValue).sorted()) \(series.archiveURI as Any)"
                    ] + series.instances.map { "\($0)" }
                }
        }
    }
}
