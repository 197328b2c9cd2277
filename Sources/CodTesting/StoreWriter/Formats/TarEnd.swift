import CodCore
import SystemPackage

/// Where the last entry of a tar that ``TarWriter`` wrote ends, and how many entries it has.
struct TarEnd {
    private(set) var byteCount: Int64 = 0
    private(set) var entryCount = 0

    /// Walks from header to header.
    init(of file: FileDescriptor) throws {
        var size: Int64?
        while true {
            let block = try Self.bytes(of: file, at: byteCount, count: TarHeader.blockByteCount)
            guard block.count == TarHeader.blockByteCount, block[0] != 0 else { return }
            let text = String(decoding: block[124..<135], as: UTF8.self)
            guard let ownSize = Int64(text, radix: 8) else {
                throw CodError(.damagedArchive, "The tar has no header at byte \(byteCount): its size is \"\(text)\".")
            }
            let data = byteCount + Int64(TarHeader.blockByteCount)
            if block[156] == UInt8(ascii: "x") {
                size = Self.size(in: try Self.bytes(of: file, at: data, count: Int(ownSize)))
                byteCount = data + ownSize
            } else {
                byteCount = data + (size ?? ownSize)
                size = nil
                entryCount += 1
            }
            byteCount += Int64(TarHeader.padding(after: byteCount).count)
        }
    }

    /// The `size` among pax records.
    private static func size(in records: [UInt8]) -> Int64? {
        String(decoding: records, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(separator: " ").last }
            .first { $0.hasPrefix("size=") }
            .flatMap { Int64($0.dropFirst(5)) }
    }

    private static func bytes(of file: FileDescriptor, at offset: Int64, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try file.readChunk(at: offset, byteCount: count).withBytes { bytes.write($0) }
        return bytes
    }
}
