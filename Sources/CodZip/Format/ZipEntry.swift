import CodCore

/// A file in a zip, whole: all that its headers say.
struct ZipEntry: Hashable, Sendable {
    /// How an entry's bytes are kept.
    enum Method: UInt16, Sendable {
        case stored = 0
        case deflated = 8
    }

    /// The path in the zip, with slashes; at most 65,535 bytes of UTF-8.
    var name: String
    var method: Method
    /// How many bytes it has unpacked, and in the zip.
    var byteCount: Int64
    var packedByteCount: Int64
    /// The crc32 of the unpacked bytes.
    var crc32: CRC32
    /// Their crc32c, by which the store knows them; kept beside the crc32.
    var checksum: CRC32C?
    /// The crc32c of the archive that it came out of, where that was compared as a whole; kept beside ``checksum``.
    var archiveChecksum: CRC32C?
    var modified = ZipTime.earliest
    /// The bits of `chmod`.
    var permissions: UInt16 = 0o644

    /// Whether its name needs the flag that says UTF-8.
    var isNameUnicode: Bool { !name.utf8.allSatisfy { $0 < 0x80 } }

    /// Whether its sizes need 64 bits. All ones is the mark for that, and so is no size.
    var needsZip64: Bool { max(byteCount, packedByteCount) >= ZipRecord.mark32 }
}
