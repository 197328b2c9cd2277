import CZstd
import CodCore

extension DICOMSummary {
    /// How many bytes of base64 are looked at. Attributes stand in the order of their numbers, so the two are at the very
    /// beginning; and 256 KiB hold at least one block of zstd.
    static let packedByteCount = 256 << 10
    /// The most that is unpacked.
    private static let unpackedByteCount = 4 << 20
    /// Frames that need a longer history than 2^23 bytes are not read.
    private static let windowBitCount: Int32 = 23

    /// Reads version 2.0's form: base64 of zstd of the model. What is broken or cut off counts up to there.
    init(packed text: String) {
        self.init()
        guard let packed = base64Decoded(text), let context = ZSTD_createDCtx() else { return }
        defer { ZSTD_freeDCtx(context) }
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowBitCount)
        // However early the packed text ends, what comes next is none of its levels.
        defer { leave() }
        var tokenizer = JSONTokenizer()
        var output = [UInt8](repeating: 0, count: 64 << 10)
        var unpackedByteCount = 0
        packed.withUnsafeBytes { packed in
            var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
            while !isComplete, unpackedByteCount < Self.unpackedByteCount {
                let positionBefore = input.pos
                let produced: Int? = output.withUnsafeMutableBytes { memory in
                    var room = ZSTD_outBuffer(dst: memory.baseAddress, size: memory.count, pos: 0)
                    return ZSTD_isError(ZSTD_decompressStream(context, &room, &input)) == 0 ? room.pos : nil
                }
                guard let produced, produced > 0 || input.pos > positionBefore else { return }
                unpackedByteCount += produced
                do { try tokenizer.push(output.span.bytes.extracting(first: produced), to: &self) } catch { return }
            }
        }
    }
}

/// The bytes of a base64 text (RFC 4648, section 4), or of the beginning of one; `nil` when a character is none of the alphabet's.
private func base64Decoded(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count / 4 * 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for character in text.utf8 {
        let digit: UInt8
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): digit = 62
        case UInt8(ascii: "/"): digit = 63
        case UInt8(ascii: "="): return bytes
        default: return nil
        }
        bits = bits << 6 | UInt32(digit)
        bitCount += 6
        if bitCount >= 8 {
            bitCount -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
    }
    return bytes
}
