import CodCore

/// Reads JSON (RFC 8259) out of pieces of any size: bytes in, events out.
///
/// It holds one text that its handler wants, up to the limit given for it, and one bit for each level of nesting. It is strict but
/// for three things: a byte order mark may stand in front; `NaN` and `Infinity` pass as numbers (Python writes them);
/// strings that are no UTF-8 are repaired instead of refused.
struct JSONTokenizer {
    private enum State: Equatable {
        case value, elementOrEnd, keyOrEnd, key, colon, separatorOrEnd
        case string, escape
        /// Inside `\uXXXX`: how many digits are missing, and what the others come to.
        case unicode(missing: Int, value: UInt32)
        case number(JSONNumber)
        case literal(Literal, matched: Int)
        case end
    }

    private enum Literal: String {
        case null, `true`, `false`
        case notANumber = "NaN"
        case infinity = "Infinity"
    }

    /// The deepest nesting that is taken.
    static let maximumDepth = 64

    private var state = State.value
    private var depth = 0
    /// A bit for each level that is open, the innermost lowest: 1 for an object.
    private var levels: UInt64 = 0
    private var textKind = JSONTextKind.string
    private var buffer = JSONStringBuffer()
    private var markByteCount = 0
    /// How many bytes were read.
    private(set) var byteOffset: Int64 = 0

    init() {}

    /// Takes the next bytes. Throws when they are no JSON; nothing must be pushed after that.
    mutating func push(_ bytes: RawSpan, to handler: inout some JSONHandler) throws(CodError) {
        var position = 0
        while position < bytes.byteCount {
            if case .string = state {
                let end = try readString(bytes, from: position, to: &handler)
                byteOffset += Int64(end - position)
                position = end
            } else if try step(bytes[position], to: &handler) {
                byteOffset += 1
                position += 1
            }
        }
    }

    /// Tells that the text ends here. Throws when a value is open, or there was none.
    mutating func finish(to handler: inout some JSONHandler) throws(CodError) {
        if case .number(let number) = state, number.isWhole { try endText(to: &handler) }
        guard state == .end else {
            throw .damagedMetadata("it ends after \(byteOffset) bytes, where \(expectation) was expected")
        }
    }

    /// Takes one byte; answers whether it is used up, or has only ended what came before it.
    private mutating func step(_ byte: UInt8, to handler: inout some JSONHandler) throws(CodError) -> Bool {
        switch state {
        case .string: return true
        case .escape: try endEscape(byte)
        case .unicode(let missing, let value):
            guard let digit = hexDigit(byte) else { throw unexpected(byte) }
            let value = value << 4 | UInt32(digit)
            if missing == 1 { buffer.append(escaped: value) }
            state = missing == 1 ? .string : .unicode(missing: missing - 1, value: value)
        case .number(let number): return try continueNumber(number, byte, to: &handler)
        case .literal(let literal, let matched): try continueLiteral(literal, matched, byte, to: &handler)
        default:
            if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { return true }
            if byteOffset < 3, isByteOrderMark(byte) { return true }
            try stepBetween(byte, to: &handler)
        }
        return true
    }

    /// A byte between texts that is no blank.
    private mutating func stepBetween(_ byte: UInt8, to handler: inout some JSONHandler) throws(CodError) {
        switch (state, byte) {
        case (.elementOrEnd, UInt8(ascii: "]")), (.keyOrEnd, UInt8(ascii: "}")): try close(to: &handler)
        case (.separatorOrEnd, UInt8(ascii: "]")) where !isInObject: try close(to: &handler)
        case (.separatorOrEnd, UInt8(ascii: "}")) where isInObject: try close(to: &handler)
        case (.separatorOrEnd, UInt8(ascii: ",")): state = isInObject ? .key : .value
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")): beginText(.key, .string, to: handler)
        case (.colon, UInt8(ascii: ":")): state = .value
        case (.value, _), (.elementOrEnd, _): try beginValue(byte, to: &handler)
        default: throw unexpected(byte)
        }
    }

    private mutating func beginValue(_ byte: UInt8, to handler: inout some JSONHandler) throws(CodError) {
        if markByteCount % 3 != 0 { throw unexpected(byte) }
        switch byte {
        case UInt8(ascii: "{"): try open(isObject: true, to: &handler)
        case UInt8(ascii: "["): try open(isObject: false, to: &handler)
        case UInt8(ascii: "\""): beginText(.string, .string, to: handler)
        case UInt8(ascii: "n"): state = .literal(.null, matched: 1)
        case UInt8(ascii: "t"): state = .literal(.true, matched: 1)
        case UInt8(ascii: "f"): state = .literal(.false, matched: 1)
        case UInt8(ascii: "N"): state = .literal(.notANumber, matched: 1)
        case UInt8(ascii: "I"): state = .literal(.infinity, matched: 1)
        default:
            guard let number = JSONNumber(first: byte) else { throw unexpected(byte) }
            beginText(.number, .number(number), to: handler)
            buffer.append(byte)
        }
    }

    private mutating func open(isObject: Bool, to handler: inout some JSONHandler) throws(CodError) {
        guard depth < Self.maximumDepth else {
            throw .damagedMetadata("at byte \(byteOffset) it is nested deeper than \(Self.maximumDepth) levels")
        }
        depth += 1
        levels = levels << 1 | (isObject ? 1 : 0)
        state = isObject ? .keyOrEnd : .elementOrEnd
        try handler.handle(isObject ? .beginObject : .beginArray)
    }

    private mutating func close(to handler: inout some JSONHandler) throws(CodError) {
        let event = isInObject ? JSONEvent.endObject : .endArray
        depth -= 1
        levels >>= 1
        endValue()
        try handler.handle(event)
    }

    private mutating func beginText(_ kind: JSONTextKind, _ state: State, to handler: some JSONHandler) {
        textKind = kind
        buffer.begin(limit: handler.wantedByteCount(of: kind))
        self.state = state
    }

    private mutating func endText(to handler: inout some JSONHandler) throws(CodError) {
        let text = buffer.end()
        switch textKind {
        case .key:
            state = .colon
            try handler.handle(.key(text))
        case .string:
            endValue()
            try handler.handle(.string(text))
        case .number:
            endValue()
            try handler.handle(.number(text))
        }
    }

    private mutating func endValue() { state = depth == 0 ? .end : .separatorOrEnd }

    /// Reads on inside a string, to its end, an escape or the end of the bytes; answers where it stands.
    private mutating func readString(
        _ bytes: RawSpan, from start: Int, to handler: inout some JSONHandler
    ) throws(CodError) -> Int {
        let end = bytes.endOfPlainText(from: start)
        if end > start { buffer.append(bytes.extracting(start..<end)) }
        guard end < bytes.byteCount else { return end }
        switch bytes[end] {
        case UInt8(ascii: "\""): try endText(to: &handler)
        case UInt8(ascii: "\\"): state = .escape
        default: throw unexpected(bytes[end], at: byteOffset + Int64(end - start))
        }
        return end + 1
    }

    private mutating func endEscape(_ byte: UInt8) throws(CodError) {
        switch byte {
        case UInt8(ascii: "u"):
            state = .unicode(missing: 4, value: 0)
            return
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        default: throw unexpected(byte)
        }
        state = .string
    }

    private mutating func continueNumber(
        _ number: JSONNumber, _ byte: UInt8, to handler: inout some JSONHandler
    ) throws(CodError) -> Bool {
        if let next = number.after(byte) {
            buffer.append(byte)
            state = .number(next)
            return true
        }
        if number == .minus, byte == UInt8(ascii: "I") {
            state = .literal(.infinity, matched: 1)
            return true
        }
        guard number.isWhole else { throw unexpected(byte) }
        try endText(to: &handler)
        return false
    }

    private mutating func continueLiteral(
        _ literal: Literal, _ matched: Int, _ byte: UInt8, to handler: inout some JSONHandler
    ) throws(CodError) {
        let letters = literal.rawValue.utf8
        guard byte == letters[letters.index(letters.startIndex, offsetBy: matched)] else { throw unexpected(byte) }
        guard matched + 1 == letters.count else {
            state = .literal(literal, matched: matched + 1)
            return
        }
        endValue()
        switch literal {
        case .null: try handler.handle(.null)
        case .true: try handler.handle(.bool(true))
        case .false: try handler.handle(.bool(false))
        case .notANumber, .infinity: try handler.handle(.number(JSONText(text: literal.rawValue, isWhole: true)))
        }
    }

    /// Whether a byte is the next of a UTF-8 byte order mark at the start of the text.
    private mutating func isByteOrderMark(_ byte: UInt8) -> Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        guard markByteCount == byteOffset, byte == mark[markByteCount] else { return false }
        markByteCount += 1
        return true
    }

    private var isInObject: Bool { levels & 1 == 1 }

    private func unexpected(_ byte: UInt8, at offset: Int64? = nil) -> CodError {
        let shown = (0x21...0x7E).contains(byte) ? "the character \(Unicode.Scalar(byte))" : "the byte \(byte)"
        return .damagedMetadata("at byte \(offset ?? byteOffset) it has \(shown) where \(expectation) was expected")
    }

    private var expectation: String {
        switch state {
        case .value: "a value"
        case .elementOrEnd: "a value or the end of a list"
        case .key, .keyOrEnd: "a key"
        case .colon: "a colon"
        case .separatorOrEnd: "a comma or an end"
        case .string, .escape, .unicode: "the rest of a string"
        case .number: "the rest of a number"
        case .literal: "the rest of a word"
        case .end: "nothing more"
        }
    }
}
