/// How much of a metadata.json is taken before it counts as damaged or hostile.
struct MetadataLimits {
    /// Bytes, packed or unpacked. It is streamed, so this bounds time, not memory: the 200,000 instances of a large series with
    /// their DICOM attributes spelled out come to 1 GB.
    var byteCount: Int64 = 2 << 30
    /// Instances. Each takes some 250 bytes of memory.
    var instanceCount = 5_000_000
    /// Bytes of addresses that cannot be made up from the archive's; later ones are not kept.
    var uriByteCount = 64 << 20
    /// Bytes of one series' instances together: no object in Google Cloud Storage is longer than 5 TiB.
    var seriesByteCount: Int64 = 5 << 40
    /// Bytes of packed attributes, unpacked, of one series together: this bounds time, not memory.
    var attributeByteCount: Int64 = 64 << 30
}
