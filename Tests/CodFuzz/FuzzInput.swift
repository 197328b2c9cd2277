import CodCore

/// The bytes of an execution taken apart: what is parsed, and behind it five bytes that say how.
///
/// They stand at the end so that a payload begins where a file begins.
struct FuzzInput {
    static let controlByteCount = 5

    let payload: [UInt8]
    /// Which of its ways a target goes.
    let mode: UInt8
    /// Whatever else a target lets the fuzzer choose.
    let choice: UInt8
    private let cutKind: UInt8
    private let cutValue: Int

    /// Missing control bytes count as zeros.
    init(_ bytes: [UInt8]) {
        payload = Array(bytes.dropLast(Self.controlByteCount))
        var control = Array(bytes.suffix(Self.controlByteCount))
        control += repeatElement(0, count: Self.controlByteCount - control.count)
        (mode, choice, cutKind) = (control[0], control[1], control[2])
        cutValue = Int(control[3]) << 8 | Int(control[4])
    }

    /// A payload with control bytes behind it, as a seed.
    static func seed(_ payload: some Sequence<UInt8>, mode: UInt8 = 0, choice: UInt8 = 0, cut: [UInt8] = [1, 64, 0]) -> [UInt8] {
        Array(payload) + [mode, choice] + cut
    }

    /// Sizes of the chunks to cut so many bytes into, where the fuzzer wants them; the last one holds the rest. At most 64 or so, so
    /// that no input is slow for this reason alone.
    func chunkSizes(ofByteCount count: Int) -> [Int] {
        guard count > 1 else { return [count] }
        switch cutKind % 4 {
        case 0:
            // Byte by byte for a while.
            let start = cutValue % count
            return [start] + repeatElement(1, count: min(60, count - start))
        case 1: return [cutValue % count]
        case 2:
            let size = max(cutValue % 1024, count / 60, 1)
            return Array(repeating: size, count: count / size)
        default:
            // A multiplicative generator (Lehmer, 1951) is random enough for sizes.
            var state = UInt64(cutValue) * 2 + 1
            let bound = UInt64(max(count / 20, 2))
            return (0..<60).map { _ in
                state = state &* 6_364_136_223_846_793_005
                return Int((state >> 33) % bound)
            }
        }
    }
}

extension [UInt8] {
    /// The bytes as chunks of the given sizes; what is left after the last of them is one more. None of them is empty.
    func chunks(_ sizes: [Int]) -> [ByteChunk] {
        var rest = ByteChunk(self)
        var chunks: [ByteChunk] = []
        for size in sizes where size > 0 {
            guard rest.count > 0, let chunk = rest.takeFirst(Swift.min(size, rest.count)) else { break }
            chunks.append(chunk)
        }
        if rest.count > 0 { chunks.append(rest) }
        return chunks
    }
}
