import CodCore

/// What a zip says that it holds: its directory, read and checked.
///
/// A zip may come from anywhere: no count, size or offset in it is believed before it is compared with the file's size. What is held
/// is a record an entry.
struct ZipDirectory: Sendable {
    /// The entries, in the directory's order, and where their local records begin.
    let places: [ZipLayout.Place]
    /// Where the directory begins: no entry reaches behind that.
    let offset: Int64
    /// Bytes behind the entries' records that are neither the directory's nor the end's. There should be none: some readers find the
    /// entries by counting from the end.
    let strayByteCount: Int64

    /// Gives bytes of a file: exactly as many as are asked for.
    typealias Read = (_ offset: Int64, _ byteCount: Int) throws -> ByteChunk

    /// Reads the directory of a zip of `byteCount` bytes. Throws a ``CodError`` of code `damagedArchive` for what is none.
    init(ofZipWith byteCount: Int64, read: @escaping Read) throws {
        let end = try ZipEnd(ofZipWith: byteCount, read: read)
        var places: [ZipLayout.Place] = []
        places.reserveCapacity(min(end.entryCount, Int(end.directoryByteCount / 46)))
        var reader = ZipFieldReader(end.directoryRange, read: read)
        for _ in 0..<end.entryCount { places.append(try Self.place(from: &reader, zipByteCount: byteCount)) }
        self.places = places
        offset = end.directoryRange.lowerBound
        strayByteCount = reader.unreadByteCount == 0 ? end.gapByteCount : reader.unreadByteCount
    }

    private static func place(from reader: inout ZipFieldReader, zipByteCount: Int64) throws -> ZipLayout.Place {
        guard try reader.number32() == ZipRecord.directorySignature else {
            throw ZipDirectory.damaged("its directory breaks off")
        }
        let madeBy = try reader.number16()
        let version = try reader.number16() & 0xFF
        let flags = try reader.number16()
        let methodNumber = try reader.number16()
        _ = try reader.number32()
        let crc32 = try reader.number32()
        var sizes = [Int64(try reader.number32()), Int64(try reader.number32())]
        let nameByteCount = try reader.number16()
        let extraByteCount = try reader.number16()
        let commentByteCount = try reader.number16()
        _ = try reader.number32()
        let attributes = try reader.number32()
        var offset = Int64(try reader.number32())
        let name = try reader.text(Int(nameByteCount))
        var checksum: CRC32C?
        var archive: CRC32C?
        var extra = try reader.bytes(Int(extraByteCount))[...]
        while let field = extra.takeField() {
            var content = field.content
            switch field.id {
            case ZipRecord.zip64Field:
                if sizes[1] == ZipRecord.mark32 { sizes[1] = try content.takeSize() }
                if sizes[0] == ZipRecord.mark32 { sizes[0] = try content.takeSize() }
                if offset == ZipRecord.mark32 { offset = try content.takeSize() }
            case ZipRecord.checksumField:
                checksum = content.takeNumber(4).map { CRC32C(UInt32($0)) }
                archive = content.takeNumber(4).map { CRC32C(UInt32($0)) }
            default: break
            }
        }
        // Fewer than a field's head are padding.
        guard extra.count < 4 else { throw damaged("the fields of its entry \(quotedName(name)) break off") }
        try reader.skip(Int(commentByteCount))
        guard flags & 1 == 0 else { throw damaged("its entry \(quotedName(name)) is encrypted") }
        guard version <= ZipRecord.greatestVersion else {
            throw damaged("its entry \(quotedName(name)) is said to need version \(version / 10).\(version % 10) of the format")
        }
        // Others make links and devices of such when they unpack them.
        guard madeBy >> 8 != 3 || isFileOrFolder(mode: attributes >> 16, named: name) else {
            throw damaged("its entry \(quotedName(name)) is said to be no regular file")
        }
        guard let method = ZipEntry.Method(rawValue: methodNumber) else {
            throw damaged(
                "its entry \(quotedName(name)) is packed by method \(methodNumber), which is neither stored nor deflated")
        }
        guard offset >= 0, sizes[0] >= 0, sizes[1] >= 0, offset <= zipByteCount, sizes[0] <= zipByteCount - offset,
            method == .deflated || sizes[0] == sizes[1]
        else { throw damaged("its entry \(quotedName(name)) lies outside of it") }
        let entry = ZipEntry(
            name: name, method: method, byteCount: sizes[1], packedByteCount: sizes[0], crc32: CRC32(crc32), checksum: checksum,
            archiveChecksum: archive,
            permissions: madeBy >> 8 == 3 ? UInt16(truncatingIfNeeded: attributes >> 16) & 0o7777 : 0o644)
        return ZipLayout.Place(entry: entry, offset: offset, saysUTF8: flags & ZipRecord.unicodeFlag != 0)
    }

    /// Of what kind Unix takes an entry for; none is a file.
    private static func isFileOrFolder(mode: UInt32, named name: String) -> Bool {
        switch mode >> 12 {
        case 0, 0o10: true
        case 0o4: name.hasSuffix("/")
        default: false
        }
    }

    /// Throws where there is more than a directory: some readers would find other entries.
    func requireNoStrays() throws(CodError) {
        if strayByteCount != 0 { throw Self.damaged("its directory and its end are not where they should be") }
    }

    static func damaged(_ problem: String) -> CodError {
        CodError(
            .damagedArchive, "This is no whole zip: \(problem).",
            recovery: "Run the command that made it again: it is made anew.", reach: .study)
    }

    /// A name as a message may show it.
    static func quotedName(_ name: String) -> String {
        "\"\(String(name.unicodeScalars.prefix(120).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) }))\""
    }
}

/// The end of a zip: where its directory is (APPNOTE.TXT 4.3.14 to 4.3.16).
private struct ZipEnd {
    let entryCount: Int
    let directoryByteCount: Int64
    let directoryRange: Range<Int64>
    /// Bytes between the directory and the records of the end; negative where they lie in each other.
    let gapByteCount: Int64

    init(ofZipWith byteCount: Int64, read: ZipDirectory.Read) throws {
        guard byteCount >= Int64(ZipRecord.endByteCount) else { throw ZipDirectory.damaged("it has \(byteCount) bytes") }
        // A comment of up to 65,535 bytes may follow the record.
        let tailByteCount = Int(min(byteCount, Int64(ZipRecord.endByteCount + 0xFFFF + ZipRecord.zip64LocatorByteCount)))
        let tailOffset = byteCount - Int64(tailByteCount)
        let tail = try read(tailOffset, tailByteCount).withBytes { span in span.withUnsafeBytes { [UInt8]($0) } }
        guard let position = Self.position(in: tail) else { throw ZipDirectory.damaged("its end is missing") }
        var record = tail[position...].dropFirst(4)
        let disks = [record.takeNumber(2), record.takeNumber(2)]
        _ = record.takeNumber(2)
        var count = record.takeNumber(2) ?? 0
        var size = record.takeNumber(4) ?? 0
        var offset = record.takeNumber(4) ?? 0
        var recordsOffset = tailOffset + Int64(position)
        let locatorPosition = position - ZipRecord.zip64LocatorByteCount
        if locatorPosition >= 0 {
            var locator = tail[locatorPosition..<position]
            if locator.takeNumber(4) == UInt64(ZipRecord.zip64LocatorSignature) {
                _ = locator.takeNumber(4)
                let place = locator.takeNumber(8) ?? .max
                guard place <= UInt64(byteCount) - UInt64(min(Int64(ZipRecord.zip64EndByteCount), byteCount)) else {
                    throw ZipDirectory.damaged("its zip64 end is not where it should be")
                }
                var end = try read(Int64(place), ZipRecord.zip64EndByteCount).withBytes { $0.withUnsafeBytes { [UInt8]($0) } }[
                    ...]
                guard end.takeNumber(4) == UInt64(ZipRecord.zip64EndSignature) else {
                    throw ZipDirectory.damaged("its zip64 end is not where it should be")
                }
                end = end.dropFirst(28)
                count = end.takeNumber(8) ?? .max
                size = end.takeNumber(8) ?? .max
                offset = end.takeNumber(8) ?? .max
                recordsOffset = Int64(place)
            }
        }
        guard disks == [0, 0], offset <= UInt64(byteCount), size <= UInt64(byteCount) - offset, count <= size / 46 else {
            throw ZipDirectory.damaged("its directory lies outside of it, or in another part")
        }
        entryCount = Int(count)
        directoryByteCount = Int64(size)
        directoryRange = Int64(offset)..<Int64(offset + size)
        gapByteCount = recordsOffset - directoryRange.upperBound
    }

    /// Where the last record begins that ends with its comment and the file at once.
    private static func position(in tail: [UInt8]) -> Int? {
        let last = tail.count - ZipRecord.endByteCount
        return stride(from: last, through: 0, by: -1).first { position in
            var record = tail[position...]
            guard record.takeNumber(4) == UInt64(ZipRecord.endSignature) else { return false }
            var comment = record.dropFirst(16)
            return comment.takeNumber(2) == UInt64(last - position)
        }
    }
}
