import CodCore

/// The records around a zip's data (PKWARE's APPNOTE.TXT 6.3.10, section 4.3): bytes from facts.
enum ZipRecord {
    /// In place of what does not fit; the zip64 record has it then.
    static let mark16: UInt16 = 0xFFFF
    static let mark32: Int64 = 0xFFFF_FFFF

    static let localSignature: UInt32 = 0x0403_4B50
    static let directorySignature: UInt32 = 0x0201_4B50
    static let endSignature: UInt32 = 0x0605_4B50
    static let zip64EndSignature: UInt32 = 0x0606_4B50
    static let zip64LocatorSignature: UInt32 = 0x0706_4B50
    static let endByteCount = 22
    static let zip64LocatorByteCount = 20
    static let zip64EndByteCount = 56

    static let zip64Field: UInt16 = 0x0001
    private static let timeField: UInt16 = 0x5455
    /// Our own, in the directory: the entry's crc32c, and that of the archive it came out of where only that could confirm it. Four
    /// bytes each. Readers pass over fields that they do not know.
    static let checksumField: UInt16 = 0x6F43
    /// The name is UTF-8.
    static let unicodeFlag: UInt16 = 1 << 11
    /// The version of the format, in tenths, that is the highest which unpacking asks for what is stored or deflated and not encrypted:
    /// that of zip64, and one more for those who pack by other methods too. Other readers refuse higher ones.
    static let greatestVersion: UInt16 = 46

    /// What stands in front of an entry's bytes (4.3.7).
    static func local(_ entry: ZipEntry) -> [UInt8] {
        var extra = LittleEndianBytes()
        if entry.needsZip64 {
            extra.append(zip64Field)
            extra.append(UInt16(16))
            extra.append(UInt64(entry.byteCount))
            extra.append(UInt64(entry.packedByteCount))
        }
        appendTime(of: entry, to: &extra)
        var record = LittleEndianBytes()
        record.append(localSignature)
        appendCommon(of: entry, needsZip64: entry.needsZip64, to: &record)
        // Sizes of the zip64 field come both or not at all here.
        appendSize(entry.packedByteCount, isElsewhere: entry.needsZip64, to: &record)
        appendSize(entry.byteCount, isElsewhere: entry.needsZip64, to: &record)
        record.append(UInt16(entry.name.utf8.count))
        record.append(UInt16(extra.bytes.count))
        record.append(entry.name.utf8)
        record.append(extra.bytes)
        return record.bytes
    }

    /// An entry's record in the directory (4.3.12). `offset` is where its local record begins.
    static func directory(_ entry: ZipEntry, at offset: Int64) -> [UInt8] {
        var sizes = LittleEndianBytes()
        for size in [entry.byteCount, entry.packedByteCount, offset] where size >= mark32 { sizes.append(UInt64(size)) }
        var extra = LittleEndianBytes()
        if !sizes.bytes.isEmpty {
            extra.append(zip64Field)
            extra.append(UInt16(sizes.bytes.count))
            extra.append(sizes.bytes)
        }
        appendTime(of: entry, to: &extra)
        if let checksum = entry.checksum {
            extra.append(checksumField)
            extra.append(UInt16(entry.archiveChecksum == nil ? 4 : 8))
            extra.append(checksum.value)
            if let archive = entry.archiveChecksum { extra.append(archive.value) }
        }
        var record = LittleEndianBytes()
        record.append(directorySignature)
        // Made on Unix, so that the permissions are understood; by the version of the format that is needed to read zip64.
        record.append(UInt16(3 << 8 | 45))
        appendCommon(of: entry, needsZip64: !sizes.bytes.isEmpty, to: &record)
        appendSize(entry.packedByteCount, isElsewhere: entry.packedByteCount >= mark32, to: &record)
        appendSize(entry.byteCount, isElsewhere: entry.byteCount >= mark32, to: &record)
        record.append(UInt16(entry.name.utf8.count))
        record.append(UInt16(extra.bytes.count))
        record.append(UInt16(0))  // comment
        record.append(UInt16(0))  // disk
        record.append(UInt16(0))  // no text, for all we know
        record.append(UInt32(0o100_000 | UInt32(entry.permissions & 0o7777)) << 16)
        appendSize(offset, isElsewhere: offset >= mark32, to: &record)
        record.append(entry.name.utf8)
        record.append(extra.bytes)
        return record.bytes
    }

    /// What ends the zip (4.3.14 to 4.3.16), for a directory of so many entries and bytes at an offset.
    static func end(entryCount: Int, directoryByteCount: Int64, directoryOffset: Int64) -> [UInt8] {
        let needsZip64 = entryCount > Int(mark16) || directoryByteCount >= mark32 || directoryOffset >= mark32
        var record = LittleEndianBytes()
        if needsZip64 {
            record.append(zip64EndSignature)
            record.append(UInt64(zip64EndByteCount - 12))
            record.append(UInt16(3 << 8 | 45))
            record.append(UInt16(45))
            record.append(UInt32(0))
            record.append(UInt32(0))
            record.append(UInt64(entryCount))
            record.append(UInt64(entryCount))
            record.append(UInt64(directoryByteCount))
            record.append(UInt64(directoryOffset))
            record.append(zip64LocatorSignature)
            record.append(UInt32(0))
            record.append(UInt64(directoryOffset + directoryByteCount))
            record.append(UInt32(1))
        }
        record.append(endSignature)
        record.append(UInt16(0))
        record.append(UInt16(0))
        let count = entryCount > Int(mark16) ? mark16 : UInt16(entryCount)
        record.append(count)
        record.append(count)
        appendSize(directoryByteCount, isElsewhere: directoryByteCount >= mark32, to: &record)
        appendSize(directoryOffset, isElsewhere: directoryOffset >= mark32, to: &record)
        record.append(UInt16(0))
        return record.bytes
    }

    /// What the two records of an entry have in common and in a row: version, flags, method, time, crc32.
    private static func appendCommon(of entry: ZipEntry, needsZip64: Bool, to record: inout LittleEndianBytes) {
        record.append(UInt16(needsZip64 ? 45 : entry.method == .deflated ? 20 : 10))
        record.append(entry.isNameUnicode ? unicodeFlag : 0)
        record.append(entry.method.rawValue)
        let moment = entry.modified.msdos
        record.append(moment.time)
        record.append(moment.date)
        record.append(entry.crc32.value)
    }

    private static func appendSize(_ size: Int64, isElsewhere: Bool, to record: inout LittleEndianBytes) {
        record.append(UInt32(isElsewhere ? mark32 : size))
    }

    /// The time in seconds of UTC (the "extended timestamp" of Info-ZIP); it has 31 bits.
    private static func appendTime(of entry: ZipEntry, to extra: inout LittleEndianBytes) {
        guard entry.modified != .earliest, let seconds = Int32(exactly: entry.modified.secondsSince1970) else { return }
        extra.append(timeField)
        extra.append(UInt16(5))
        extra.append([1])
        extra.append(UInt32(bitPattern: seconds))
    }
}

/// Bytes in the order of zip's numbers, lowest first.
struct LittleEndianBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    mutating func append(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }
}
