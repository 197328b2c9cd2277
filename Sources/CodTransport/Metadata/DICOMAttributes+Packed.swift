import CZstd
import CodCore

extension DICOMAttributes {
    /// How much of a packed model is looked at.
    struct PackedLimits {
        /// Bytes of base64.
        var packedByteCount: Int
        /// Bytes that it unpacks to.
        var unpackedByteCount: Int

        /// For what is told of a series: attributes stand in the order of their numbers, so modality and description are at the very
        /// beginning; and 256 KiB hold at least one block of zstd.
        static let summary = PackedLimits(packedByteCount: 256 << 10, unpackedByteCount: 4 << 20)
        /// For what instances are judged by: all of it, but for models that no scanner writes.
        static let judging = PackedLimits(packedByteCount: 1 << 20, unpackedByteCount: 32 << 20)
    }

    /// Frames that need a longer history than 2^23 bytes are not read.
    private static var windowBitCount: Int32 { 23 }

    /// Reads version 2.0's form: base64 of zstd of the model, up to where nothing that follows is asked for. What is broken or cut off
    /// counts up to there.
    ///
    /// - Parameters:
    ///   - fillsSummary: whether it is read on until all is known of the series, when the instance is judged.
    ///   - unpackedByteCount: how many bytes were unpacked is added to it.
    /// - Returns: why the instance cannot be judged; `nil` when nothing is left that is asked for.
    mutating func read(
        packed text: JSONText, fillsSummary: Bool, limits: PackedLimits, unpackedByteCount: inout Int64
    ) -> String? {
        guard let packed = base64Decoded(text.text) else { return "they are not base64" }
        guard let context = ZSTD_createDCtx() else { return "there is no memory to unpack them" }
        defer { ZSTD_freeDCtx(context) }
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowBitCount)
        // However early the packed text ends, what comes next is none of its levels.
        defer { leave() }
        var tokenizer = JSONTokenizer()
        var output = [UInt8](repeating: 0, count: 64 << 10)
        var count = 0
        let problem = packed.withUnsafeBytes { packed -> String? in
            var input = ZSTD_inBuffer(src: packed.baseAddress, size: packed.count, pos: 0)
            var isFrameOpen = true
            while !isJudged || fillsSummary && !isSummaryComplete {
                guard count < limits.unpackedByteCount else {
                    return "they unpack to more than \(limits.unpackedByteCount) bytes"
                }
                let positionBefore = input.pos
                var produced = 0
                let result = output.withUnsafeMutableBytes { memory in
                    var room = ZSTD_outBuffer(dst: memory.baseAddress, size: memory.count, pos: 0)
                    let result = ZSTD_decompressStream(context, &room, &input)
                    produced = room.pos
                    return result
                }
                if ZSTD_isError(result) != 0 { return "they are no zstd (\(String(cString: ZSTD_getErrorName(result))))" }
                guard produced > 0 || input.pos > positionBefore else {
                    if !text.isWhole { return "they are longer than \(limits.packedByteCount) bytes" }
                    if isFrameOpen { return "their zstd data break off" }
                    do { try tokenizer.finish(to: &self) } catch { return "what they unpack to is no JSON" }
                    return nil
                }
                isFrameOpen = result != 0
                count += produced
                do { try tokenizer.push(output.span.bytes.extracting(first: produced), to: &self) } catch {
                    return "what they unpack to is no JSON"
                }
            }
            return nil
        }
        unpackedByteCount += Int64(count)
        // Asked before the levels are closed: of a value that breaks off nobody knows the rest.
        return isJudged ? nil : problem
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
