import CodCore

/// Reads a zip's numbers and texts in order, out of a range of it, 64 KiB at a time.
struct ZipFieldReader {
    private let read: ZipDirectory.Read
    private var range: Range<Int64>
    private var buffer: ArraySlice<UInt8> = []

    init(_ range: Range<Int64>, read: @escaping ZipDirectory.Read) {
        self.range = range
        self.read = read
    }

    /// How many bytes of the range are not asked for yet.
    var unreadByteCount: Int64 { Int64(buffer.count) + range.upperBound - range.lowerBound }

    mutating func number16() throws -> UInt16 { UInt16(try number(2)) }

    mutating func number32() throws -> UInt32 { UInt32(try number(4)) }

    mutating func bytes(_ count: Int) throws -> [UInt8] {
        try fill(count)
        defer { buffer = buffer.dropFirst(count) }
        return Array(buffer.prefix(count))
    }

    mutating func text(_ byteCount: Int) throws -> String { String(decoding: try bytes(byteCount), as: UTF8.self) }

    mutating func skip(_ count: Int) throws { _ = try bytes(count) }

    private mutating func number(_ byteCount: Int) throws -> UInt64 {
        try fill(byteCount)
        return buffer.takeNumber(byteCount) ?? 0
    }

    /// Sees to it that so many bytes are there; at most 65,535.
    private mutating func fill(_ count: Int) throws {
        guard buffer.count < count else { return }
        let more = Int(min(Int64(max(count - buffer.count, 64 << 10)), range.upperBound - range.lowerBound))
        guard buffer.count + more >= count else { throw ZipDirectory.damaged("its directory breaks off") }
        let chunk = try read(range.lowerBound, more)
        range = range.lowerBound + Int64(more)..<range.upperBound
        buffer = ArraySlice(Array(buffer) + chunk.withBytes { $0.withUnsafeBytes { Array($0) } })
    }
}

extension ArraySlice<UInt8> {
    /// Takes a number of so many bytes, lowest first; `nil` when there are fewer.
    mutating func takeNumber(_ byteCount: Int) -> UInt64? {
        guard count >= byteCount else { return nil }
        var number: UInt64 = 0
        for (position, byte) in prefix(byteCount).enumerated() { number |= UInt64(byte) << (8 * UInt64(position)) }
        self = dropFirst(byteCount)
        return number
    }

    /// Takes a size of 64 bits.
    mutating func takeSize() throws -> Int64 {
        guard let number = takeNumber(8), let size = Int64(exactly: number) else {
            throw ZipDirectory.damaged("a size in its directory is missing or no size")
        }
        return size
    }

    /// Takes an extra field; `nil` when nothing whole is left, and what is left stays.
    mutating func takeField() -> (id: UInt16, content: ArraySlice<UInt8>)? {
        var rest = self
        guard let id = rest.takeNumber(2), let byteCount = rest.takeNumber(2), rest.count >= byteCount else { return nil }
        self = rest.dropFirst(Int(byteCount))
        return (UInt16(id), rest.prefix(Int(byteCount)))
    }
}
