import CodCore

/// The text of a metadata.json, piece by piece: ``start``, records with ``separator`` between them, ``end``.
struct MetadataText {
    static let separator = ", "
    static let end = "}}}"

    private let store: StoreWriter
    private let series: SeriesIdentity

    init(_ store: StoreWriter, _ series: SeriesIdentity) {
        self.store = store
        self.series = series
    }

    var start: String {
        let key = store.hashesUIDs ? "deid_" : ""
        let study = JSONText.string(store.identifier(series.study))
        let series = JSONText.string(store.identifier(series.series))
        return "{\"\(key)study_uid\": \(study), \"\(key)series_uid\": \(series), \"cod\": {\"instances\": {"
    }

    var wholeWithoutInstances: String { start + Self.end }

    /// The record of an instance with its key; `nil` for what is to be `null`.
    func record(
        _ instance: ArchivedInstance, byteOffset: Int64?, byteCount: Int64?, checksum: CRC32C?
    ) throws -> String {
        let key = store.identifier(instance.uid)
        let archive = "studies/\(store.identifier(series.study))/series/\(store.identifier(series.series)).tar"
        let uri = "gs://\(store.bucket)/\(store.objectName(archive))://instances/\(key).dcm"
        let end = byteOffset.map { $0 + instance.byteCount }
        var members = try attributes(of: instance, uri: uri)
        members += [
            ("uri", JSONText.string(uri)),
            ("headers", JSONText.object([("start_byte", Self.number(byteOffset)), ("end_byte", Self.number(end))])),
            ("offset_tables", "{}"),
            ("crc32c", checksum.map { JSONText.string($0.base64) } ?? "null"),
            ("size", Self.number(byteCount)),
            ("original_path", JSONText.string("gs://phantom-ingest/\(instance.uid).dcm")),
            ("dependencies", "[]"),
            ("diff_hash_dupe_paths", "[]"),
        ]
        switch store.metadataVersion {
        case .unversioned: break
        case .v1: members.append(("version", "\"1.0\""))
        case .v2: members.append(("version", "\"2.0\""))
        }
        members.append(("modified_datetime", "\"2024-01-01T12:00:00.123456\""))
        return "\(JSONText.string(key)): \(JSONText.object(members))"
    }

    private func attributes(of instance: ArchivedInstance, uri: String) throws -> [(key: String, value: String)] {
        // The reference writer puts the elements of group 2 behind the dataset's.
        let isMeta = { (element: DICOMElement) in element.tag >> 16 == 2 }
        let elements = instance.attributes.filter { !isMeta($0) } + instance.attributes.filter(isMeta)
        let json = JSONText.object(elements.map { ($0.jsonKey, $0.json(uri: uri)) })
        guard store.metadataVersion == .v2 else { return [("metadata", json)] }
        let compressed = Base64.encoded(try zstd(Array(json.utf8)))
        return [
            ("instance_uid", JSONText.string(instance.uid)), ("series_uid", JSONText.string(series.series)),
            ("study_uid", JSONText.string(series.study)),
            ("has_pixeldata", instance.attributes.contains { $0.tag == 0x7FE0_0010 } ? "true" : "false"),
            ("metadata", "\"\(compressed)\""),
        ]
    }

    private static func number(_ value: Int64?) -> String { value.map { "\($0)" } ?? "null" }
}
