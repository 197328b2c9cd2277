internal import CodCore

/// One header of a tar: a block of 512 bytes (POSIX.1-2017, `pax`, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format").
struct TarHeader {
    static let byteCount = 512

    /// The type flag.
    let type: UInt8
    /// The name, with the prefix of a ustar header; as text, cut at the first NUL.
    let name: String
    /// The size field.
    let byteCount: Int64
    /// Whether blocks with the rest of an old GNU sparse file's map follow.
    let hasMoreSparseMap: Bool

    /// Reads a block. Throws when its checksum does not fit, or its size is none.
    init(_ block: [UInt8]) throws(TarProblem) {
        guard block.count == Self.byteCount, Self.hasValidChecksum(block) else {
            throw TarProblem("There is no tar header: the checksum of the block does not fit. It is: \(Self.start(of: block)).")
        }
        type = block[156]
        byteCount = try TarNumber.read(block[124..<136], called: "size")
        hasMoreSparseMap = type == UInt8(ascii: "S") && block[482] != 0
        // POSIX writes a NUL behind "ustar". GNU's older form writes a space, and other things where the prefix would be.
        let hasPrefix = block[257..<262].elementsEqual("ustar".utf8) && block[262] != UInt8(ascii: " ")
        let prefix = hasPrefix ? Self.text(block[345..<500]) : ""
        name = prefix.isEmpty ? Self.text(block[0..<100]) : "\(prefix)/\(Self.text(block[0..<100]))"
    }

    /// Whether a block is nothing but zeros, as two at the end of an archive are.
    static func isZero(_ block: [UInt8]) -> Bool { block.allSatisfy { $0 == 0 } }

    /// Whether yet another block of a sparse file's map follows this one.
    static func hasMoreSparseMap(after block: [UInt8]) -> Bool { block[504] != 0 }

    /// What is before the first NUL, as text: bytes that are no UTF-8 become U+FFFD.
    static func text(_ field: ArraySlice<UInt8>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// How a block begins, up to the first NUL, for messages: an HTML page in the place of a tar is known by it.
    static func start(of block: [UInt8]) -> String {
        EntryName.printable(text(block.prefix(48)))
    }

    /// The sum of all bytes, with the checksum's own eight taken as spaces. Some old writers added signed bytes.
    static func hasValidChecksum(_ block: [UInt8]) -> Bool {
        guard let expected = try? TarNumber.read(block[148..<156], called: "checksum") else { return false }
        let sum = sum(of: block) { UInt32($0) }
        return expected == sum || expected == sum - 256 * Self.sum(of: block) { UInt32($0 >> 7) }
    }

    /// The sum over all bytes but the checksum's own, which count as spaces. It cannot overflow: a block has 512 bytes.
    private static func sum(of block: [UInt8], _ weight: (UInt8) -> UInt32) -> Int64 {
        let bytes = block.span
        var sum: UInt32 = 0
        for offset in bytes.indices { sum &+= weight(bytes[offset]) }
        for offset in 148..<156 { sum = sum &+ weight(UInt8(ascii: " ")) &- weight(bytes[offset]) }
        return Int64(sum)
    }
}
