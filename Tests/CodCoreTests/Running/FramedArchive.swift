import CodCore
import NIOCore

/// A toy archive format for tests of the framework: `<name> <size>\n` and the bytes, one after the other.
struct FramedExtractor: Extractor {
    func makeDecoder() -> Decoder { Decoder() }

    struct Decoder: ArchiveDecoder {
        private var buffer: [UInt8] = []
        private var bodyByteCount: Int?
        private var offset: Int64 = 0

        mutating func push(_ chunk: ByteChunk) { buffer += chunk.bytes }

        mutating func next() throws(CodError) -> EntryEvent? {
            if let rest = bodyByteCount {
                if rest == 0 {
                    bodyByteCount = nil
                    return .end
                }
                guard !buffer.isEmpty else { return nil }
                let part = Array(buffer.prefix(rest))
                buffer.removeFirst(part.count)
                bodyByteCount = rest - part.count
                return .bytes(ByteChunk(part))
            }
            guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let words = String(decoding: buffer[..<end], as: UTF8.self).split(separator: " ")
            buffer.removeFirst(end + 1)
            guard words.count == 2, let byteCount = Int64(words[1]) else {
                throw CodError(.damagedArchive, "This is no frame.")
            }
            bodyByteCount = Int(byteCount)
            return .begin(ArchiveEntry(name: String(words[0]), kind: .file, byteCount: byteCount, offset: 0))
        }

        mutating func finish() throws(CodError) {
            guard buffer.isEmpty, bodyByteCount ?? 0 == 0 else { throw CodError(.damagedArchive, "It ends too early.") }
        }
    }
}

extension ByteChunk {
    var bytes: [UInt8] { withBytes { bytes in bytes.withUnsafeBytes { Array($0) } } }
}
