import CodCore

/// What the metadata says of one instance, as it is read.
struct InstanceFields {
    let uid: String
    var uri: String?
    private(set) var size: Int64?
    private(set) var checksum: CRC32C?
    private(set) var dataOffset: Int64?

    init(uid: String) {
        self.uid = uid
    }

    /// Takes a size as it is written. Throws for what is none: below zero, a fraction, more than `limit`.
    mutating func setSize(_ text: JSONText, limit: Int64) throws(CodError) {
        guard let size = text.whole.flatMap({ Int64($0) }), (0...limit).contains(size) else {
            throw .damagedMetadata(
                "it gives the instance \(uid) a size of \(text.text)\(text.isWhole ? "" : "…") bytes, which is none")
        }
        self.size = size
    }

    /// Takes a crc32c in base64. Throws for what is none; an empty text says nothing.
    mutating func setChecksum(_ text: JSONText) throws(CodError) {
        if text.whole == "" { return }
        guard let checksum = text.whole.flatMap({ CRC32C(base64: $0) }) else {
            throw .damagedMetadata("the crc32c of the instance \(uid) is \(quoted(text.text)), not base64 of four bytes")
        }
        self.checksum = checksum
    }

    /// Takes an offset; what cannot be one counts as missing: the archive's own headers tell as well.
    mutating func setDataOffset(_ text: JSONText) {
        dataOffset = text.whole.flatMap { Int64($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Fills in the entry's name and the address. The address is kept only when `archiveURI` (taken from the first instance that has
    /// one of the usual form) and the name do not make it up. Answers how many bytes of text were kept.
    func place(below archiveURI: inout String?, in planned: inout PlannedInstance) -> Int {
        guard let uri else { return 0 }
        let usualName = "instances/\(uid).dcm"
        if let archiveURI, uri == "\(archiveURI)://\(usualName)" { return 0 }
        guard let mark = uri.firstRange(of: ".tar://") else {
            planned.uri = uri
            return uri.utf8.count
        }
        let archive = "\(uri[..<mark.lowerBound]).tar"
        let name = String(uri[mark.upperBound...])
        if name != usualName, !name.isEmpty { planned.entryName = name }
        archiveURI = archiveURI ?? archive
        if archive != archiveURI || name.isEmpty { planned.uri = uri }
        return uri.utf8.count
    }
}
