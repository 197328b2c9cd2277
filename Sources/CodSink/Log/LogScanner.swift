internal import CodCore

/// Reads `{"logs": ["…", …]}` out of bytes that may be anything.
///
/// It is no judge of JSON: it looks for the list and its texts, and remarks on what it cannot make sense of. It holds one text of
/// at most ``LogEntry/maximumByteCount`` bytes, however long the input and however deep its nesting.
struct LogScanner {
    /// What keeps it from being a log, as the end of a sentence that begins with "it"; `nil` while nothing does.
    private(set) var problem: String?
    /// How many members of the list are no entries.
    private(set) var refusedCount = 0

    private var byteCount = 0
    private var depth = 0
    /// Whether the outermost object is over.
    private var hasEnded = false
    private var isInList = false
    private var hasList = false
    /// The last text of the outermost object, maybe the name of what follows.
    private var name = ""
    private var isName = false
    private var isInScalar = false
    private var text: LogText?

    /// Takes the next bytes; calls `found` for each entry.
    mutating func push(_ chunk: ByteChunk, _ found: (LogEntry) -> Void) {
        chunk.withBytes { bytes in
            bytes.withUnsafeBytes { memory in
                for byte in memory where problem == nil { push(byte, found) }
            }
        }
    }

    /// Tells that nothing follows.
    mutating func finish() {
        guard problem == nil else { return }
        if byteCount == 0 {
            problem = "is empty"
        } else if text != nil || depth > 0 {
            problem = "ends early"
        } else {
            if !hasList { problem = "has no list named \"logs\"" }
        }
    }

    private mutating func push(_ byte: UInt8, _ found: (LogEntry) -> Void) {
        byteCount += 1
        if text != nil {
            if text?.push(byte) == true { endText(found) }
            return
        }
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): isInScalar = false
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): close()
        default:
            guard depth > 0 else {
                // A byte order mark may stand in front.
                if byteCount > 3 || ![0xEF, 0xBB, 0xBF].contains(byte) { problem = "is no JSON object" }
                return
            }
            pushInside(byte)
        }
    }

    private mutating func pushInside(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): (text, isInScalar) = (LogText(), false)
        case UInt8(ascii: ":"): isName = depth == 1
        case UInt8(ascii: ","): (isName, isInScalar) = (false, false)
        default:
            if isInList, depth == 2, !isInScalar { refusedCount += 1 }
            isInScalar = true
        }
    }

    private mutating func open(_ byte: UInt8) {
        isInScalar = false
        let isList = byte == UInt8(ascii: "[")
        if depth == 0, isList || hasEnded { problem = "is no JSON object" }
        if isInList, depth == 2 { refusedCount += 1 }
        if depth == 1, isList, isName, name == "logs" { (isInList, hasList) = (true, true) }
        depth += 1
    }

    private mutating func close() {
        isInScalar = false
        depth -= 1
        hasEnded = depth == 0
        if depth < 0 { problem = "is no JSON object" }
        if depth < 2 { isInList = false }
        isName = false
    }

    private mutating func endText(_ found: (LogEntry) -> Void) {
        let value = text?.value
        text = nil
        if isInList, depth == 2 {
            if let entry = value.flatMap(LogEntry.init) { found(entry) } else { refusedCount += 1 }
        } else if depth == 1, !isName {
            name = value ?? ""
        }
    }
}
