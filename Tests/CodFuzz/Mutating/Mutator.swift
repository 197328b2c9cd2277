import CodTesting

/// Makes inputs out of inputs: bits, bytes, words of the format, numbers, blocks of a tar, pieces of another input.
struct Mutator {
    private var random: SplitMix64
    private let words: [[UInt8]]
    private let maximumByteCount: Int

    init(seed: UInt64, for target: FuzzTarget) {
        random = SplitMix64(seed: seed)
        words = target.words.map { Array($0.utf8) }
        maximumByteCount = target.maximumByteCount
    }

    /// A new input, made of one or two of a pool by one to eight changes.
    mutating func next(from pool: [[UInt8]]) -> [UInt8] {
        var bytes = pool[below(pool.count)]
        for _ in 0..<(1 << below(4)) {
            if below(8) == 0 {
                splice(pool[below(pool.count)], into: &bytes)
            } else {
                change(&bytes)
            }
        }
        if bytes.count > maximumByteCount { bytes.removeSubrange((maximumByteCount / 2)..<(bytes.count - maximumByteCount / 2)) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(below(256))) }
        let place = below(bytes.count)
        switch below(10) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: bytes[place] = [0, 0xFF, 0x80, 0x7F, 0x20, 0x30, 0x39, 0x22, 0x0A, 0x3F][below(10)]
        case 3: bytes.insert(contentsOf: word(), at: place)
        case 4: overwrite(&bytes, at: place, with: word())
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
        case 6: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + below(40))], at: below(bytes.count))
        case 7: changeNumber(in: &bytes, from: place)
        case 8: changeControl(&bytes)
        default: changeBlock(&bytes, at: place / 512 * 512)
        }
    }

    private mutating func word() -> [UInt8] { words[below(words.count)] }

    private mutating func overwrite(_ bytes: inout [UInt8], at place: Int, with other: [UInt8]) {
        bytes.replaceSubrange(place..<min(bytes.count, place + other.count), with: other)
    }

    /// The next digits become a number that something may stumble over.
    private mutating func changeNumber(in bytes: inout [UInt8], from place: Int) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        let numbers = [
            "0", "1", "-1", "511", "512", "513", "77777777777", "2147483648", "9223372036854775807", "9223372036854775808",
        ]
        let number = Array(numbers[below(numbers.count)].utf8)
        // Fields of a tar have a place: there the length stays.
        if below(2) == 0 { overwrite(&bytes, at: start, with: number) } else { bytes.replaceSubrange(start..<end, with: number) }
    }

    private mutating func changeControl(_ bytes: inout [UInt8]) {
        let place = bytes.count - 1 - below(FuzzInput.controlByteCount)
        if place >= 0 { bytes[place] = UInt8(below(256)) }
    }

    /// Removes, repeats or blanks a block of 512 bytes.
    private mutating func changeBlock(_ bytes: inout [UInt8], at start: Int) {
        let range = start..<min(bytes.count, start + 512)
        switch below(3) {
        case 0: bytes.removeSubrange(range)
        case 1: bytes.insert(contentsOf: bytes[range], at: start)
        default: bytes.insert(contentsOf: repeatElement(0, count: 512), at: start)
        }
    }

    private mutating func splice(_ other: [UInt8], into bytes: inout [UInt8]) {
        guard !other.isEmpty else { return }
        var (from, to) = (below(other.count), below(bytes.count + 1))
        // As often as not at blocks, so that headers stay headers.
        if below(2) == 0 { (from, to) = (from / 512 * 512, to / 512 * 512) }
        bytes.replaceSubrange(to..., with: other[from...])
    }

    private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(max(bound, 1))) }
}
