import CodCore

/// What stands in front of an entry's bytes, as it was read.
struct LocalRecord {
    /// Its part that is always there, and the most that it can be: a name and extra fields of 65,535 bytes each.
    static let leastByteCount = 30
    static let greatestByteCount = 30 + 2 * 0xFFFF

    let byteCount: Int
    private let flags: UInt16
    private let method: UInt16
    private let crc32: UInt32
    private let sizes: (packed: Int64, unpacked: Int64)
    private let version: UInt16
    /// Whether its extra fields fill the room for them; less than the beginning of one is padding.
    private let hasWholeFields: Bool
    let name: String

    /// Reads it from bytes that begin with it; `nil` where they do not, or end before it does.
    init?(startOf bytes: ByteChunk) {
        var rest = bytes.withBytes { span in
            span.extracting(0..<min(span.byteCount, Self.greatestByteCount)).withUnsafeBytes { [UInt8]($0) }
        }[...]
        guard rest.takeNumber(4) == UInt64(ZipRecord.localSignature), let version = rest.takeNumber(2),
            let flags = rest.takeNumber(2),
            let method = rest.takeNumber(2), rest.takeNumber(4) != nil, let crc32 = rest.takeNumber(4),
            let packed = rest.takeNumber(4), let unpacked = rest.takeNumber(4), let nameByteCount = rest.takeNumber(2),
            let extraByteCount = rest.takeNumber(2), rest.count >= Int(nameByteCount + extraByteCount)
        else { return nil }
        name = String(decoding: rest.prefix(Int(nameByteCount)), as: UTF8.self)
        var extra = rest.dropFirst(Int(nameByteCount)).prefix(Int(extraByteCount))
        var sizes = (packed: Int64(packed), unpacked: Int64(unpacked))
        while let field = extra.takeField() {
            guard field.id == ZipRecord.zip64Field else { continue }
            var content = field.content
            if sizes.unpacked == ZipRecord.mark32 { sizes.unpacked = (try? content.takeSize()) ?? -1 }
            if sizes.packed == ZipRecord.mark32 { sizes.packed = (try? content.takeSize()) ?? -1 }
        }
        hasWholeFields = extra.count < 4
        self.sizes = sizes
        self.version = UInt16(version) & 0xFF
        self.flags = UInt16(flags)
        self.method = UInt16(method)
        self.crc32 = UInt32(crc32)
        byteCount = Self.leastByteCount + Int(nameByteCount + extraByteCount)
    }

    /// What it says otherwise than the directory; `nil` when that is nothing.
    func difference(from place: ZipLayout.Place) -> String? {
        let entry = place.entry
        if name != entry.name { return "another name (\(ZipDirectory.quotedName(name)))" }
        if method != entry.method.rawValue { return "that it is packed otherwise (by method \(method))" }
        if flags & 1 != 0 { return "that it is encrypted" }
        if let saysUTF8 = place.saysUTF8, saysUTF8 != (flags & ZipRecord.unicodeFlag != 0) {
            return "that its name is written in another way"
        }
        if version > ZipRecord.greatestVersion { return "that it needs version \(version / 10).\(version % 10) of the format" }
        if !hasWholeFields { return "fields that break off" }
        // Who did not know them beforehand writes them behind the bytes, and zeros here.
        if flags & 1 << 3 != 0, sizes == (0, 0), crc32 == 0 { return nil }
        if sizes != (entry.packedByteCount, entry.byteCount) { return "another size" }
        if crc32 != entry.crc32.value { return "another crc32" }
        return nil
    }
}
