/// An instance as it goes into a store: its attributes for the metadata, its bytes for the tar.
struct ArchivedInstance {
    /// Its SOP Instance UID, before hashing.
    let uid: String
    let byteCount: Int64
    let attributes: [DICOMElement]
    /// Lends the bytes, in order; once.
    let forEachChunk: (_ write: (RawSpan) throws -> Void) throws -> Void

    init(_ instance: SyntheticInstance) {
        uid = instance.uid
        byteCount = instance.byteCount
        attributes = instance.elements
        forEachChunk = { try instance.forEachChunk($0) }
    }

    init(uid: String, bytes: [UInt8], in series: SeriesIdentity) {
        self.uid = uid
        byteCount = Int64(bytes.count)
        attributes =
            [
                DICOMElement(0x0008_0018, .uid, uid), DICOMElement(0x0008_0060, .codeString, series.modality),
                DICOMElement(0x0008_103E, .longString, .texts(series.description.isEmpty ? [] : [series.description])),
                DICOMElement(0x0020_000D, .uid, series.study), DICOMElement(0x0020_000E, .uid, series.series),
            ]
        forEachChunk = { write in try write(bytes.span.bytes) }
    }
}

/// Which series it is, with the UIDs before hashing, and what its instances say of it.
struct SeriesIdentity {
    let study: String
    let series: String
    var modality = ""
    var description = ""
}
