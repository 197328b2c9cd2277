import CodCore

/// Reads a metadata.json, packed or not, in pieces of any size; holds the fields that are used and nothing else.
struct SeriesMetadataReader: ~Copyable {
    private var gzip: GzipReader
    private var text: MetadataText
    /// How many bytes were taken in.
    private var byteCount: Int64 = 0

    /// - Parameter selection: what instances are judged by as they are read; each says afterwards if it is wanted.
    /// - Parameter paths: what their paths are made by.
    init(limits: MetadataLimits = MetadataLimits(), selection: Selection = .everything, paths: SeriesPaths? = nil) {
        gzip = GzipReader(limit: limits.byteCount)
        text = MetadataText(limits: limits, selection: selection, paths: paths)
    }

    /// Takes the next bytes, as the store sends them. Throws when they are no metadata; nothing must be pushed after that.
    mutating func push(_ chunk: ByteChunk) throws(CodError) {
        byteCount += Int64(chunk.count)
        do throws(CodError) {
            try chunk.withBytes { bytes throws(CodError) in
                try gzip.push(bytes) { unpacked throws(CodError) in try text.push(unpacked) }
            }
        } catch { throw described(error) }
    }

    /// Tells that the object ends here; answers what was found in it.
    mutating func finish() throws(CodError) -> SeriesMetadata {
        do throws(CodError) {
            try gzip.finish { unpacked throws(CodError) in try text.push(unpacked) }
            return try text.finish()
        } catch { throw described(error) }
    }

    /// What came in place of the metadata is best known by its first bytes: a page of a portal or a proxy, say.
    private func described(_ error: CodError) -> CodError {
        guard error.code == .damagedMetadata, byteCount > 0 else { return error }
        var error = error
        if !text.head.isEmpty {
            error.message +=
                " It begins with \(quoted(String(decoding: text.head, as: UTF8.self), limit: MetadataText.shownCount))."
        }
        error.message += " Of it \(byteCount) bytes were read."
        return error
    }
}

/// The unpacked text of a metadata.json on its way through the tokenizer.
private struct MetadataText {
    /// How many characters of a text that is damaged are shown.
    static let shownCount = 40

    private var tokenizer = JSONTokenizer()
    private var fields: MetadataFields
    /// The first bytes, for a message; one more than are shown.
    private(set) var head: [UInt8] = []

    init(limits: MetadataLimits, selection: Selection, paths: SeriesPaths?) {
        fields = MetadataFields(limits: limits, selection: selection, paths: paths)
    }

    mutating func push(_ bytes: RawSpan) throws(CodError) {
        for offset in 0..<min(Self.shownCount + 1 - head.count, bytes.byteCount) { head.append(bytes[offset]) }
        do { try tokenizer.push(bytes, to: &fields) } catch { throw explained(error) }
    }

    mutating func finish() throws(CodError) -> SeriesMetadata {
        if head.isEmpty { throw .damagedMetadata("it is empty (0 bytes)") }
        do {
            try tokenizer.finish(to: &fields)
            var metadata = try fields.finish()
            try metadata.refuseDuplicates()
            metadata.sortByOffset()
            return metadata
        } catch { throw explained(error) }
    }

    private func explained(_ error: CodError) -> CodError {
        fields.hasBegun ? error : .damagedMetadata("it is no JSON object")
    }
}

extension SeriesMetadata {
    fileprivate func refuseDuplicates() throws(CodError) {
        var seen = Set<String>(minimumCapacity: instances.count)
        for instance in instances where !seen.insert(instance.uid).inserted {
            throw .damagedMetadata("it lists the instance \(instance.uid) twice")
        }
    }

    fileprivate mutating func sortByOffset() {
        guard instances.allSatisfy({ $0.dataOffset != nil }) else { return }
        // Usually they are, and what is sorted is copied.
        let isSorted = zip(instances, instances.dropFirst()).allSatisfy { ($0.dataOffset ?? 0) <= ($1.dataOffset ?? 0) }
        if isSorted { return }
        if instanceNumbers.isEmpty {
            instances.sort { ($0.dataOffset ?? 0) < ($1.dataOffset ?? 0) }
        } else {
            let sorted = zip(instances, instanceNumbers).sorted { ($0.0.dataOffset ?? 0) < ($1.0.dataOffset ?? 0) }
            (instances, instanceNumbers) = (sorted.map(\.0), sorted.map(\.1))
        }
    }
}
