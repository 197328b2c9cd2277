internal import CodCore

/// What prefaces said, of the entry to come and of all entries: with a header it makes an entry.
struct TarPrefaces {
    private var globals = TarAttributes()
    private var attributes = TarAttributes()
    private var longName: String?
    private var hasExtendedHeader = false
    /// How many prefaces have come since the last entry.
    private(set) var count = 0
    /// The last of them that an entry must follow.
    private var unanswered: TarPreface?

    /// What is wrong when no entry follows; `nil` when that is as it should be.
    var problemWithoutEntry: TarProblem? {
        unanswered.map { TarProblem("The \($0.title) is followed by no entry.") }
    }

    /// Lets a preface in before its body is read; throws when it is too long, or one too many.
    mutating func admit(_ preface: TarPreface, byteCount: Int64) throws(TarProblem) {
        guard byteCount <= preface.maximumByteCount else {
            throw TarProblem("The \(preface.title) has \(byteCount) bytes; \(preface.maximumByteCount) are allowed.")
        }
        count += 1
        guard count <= TarPreface.maximumCount else {
            throw TarProblem("More than \(TarPreface.maximumCount) headers describe one entry.")
        }
        if preface != .global { unanswered = preface }
    }

    /// Adds the body of a preface.
    mutating func add(_ body: [UInt8], of preface: TarPreface) throws(TarProblem) {
        switch preface {
        case .extended:
            hasExtendedHeader = true
            try attributes.add(body)
        case .global: try globals.add(body)
        case .longName: longName = TarHeader.text(body[...])
        case .longLink: break
        }
    }

    /// The entry that a header and all before it describe. What was said of this entry alone is forgotten.
    mutating func takeEntry(for header: TarHeader, at offset: Int64, dataOffset: Int64) -> ArchiveEntry {
        let name = attributes.path.or(longName ?? globals.path.content) ?? header.name
        let byteCount = attributes.byteCount.or(globals.byteCount.content) ?? header.byteCount
        let isSparse = attributes.isSparse || globals.isSparse
        let entry = ArchiveEntry(
            name: name, kind: Self.kind(of: header, named: name, isSparse: isSparse),
            byteCount: hasBody(header) ? byteCount : 0, offset: offset, dataOffset: dataOffset)
        (attributes, longName, hasExtendedHeader, count, unanswered) = (TarAttributes(), nil, false, 0, nil)
        return entry
    }

    private func hasBody(_ header: TarHeader) -> Bool {
        switch header.type {
        case UInt8(ascii: "1"): hasExtendedHeader
        case UInt8(ascii: "2")...UInt8(ascii: "6"): false
        default: true
        }
    }

    private static func kind(of header: TarHeader, named name: String, isSparse: Bool) -> ArchiveEntry.Kind {
        switch header.type {
        case UInt8(ascii: "0"), UInt8(ascii: "7"): isSparse ? .other(UInt8(ascii: "S")) : .file
        // Before ustar there was one type for files and folders; a folder's name ended in a slash.
        case 0: isSparse ? .other(UInt8(ascii: "S")) : name.hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
        case UInt8(ascii: "5"): .folder
        default: .other(header.type)
        }
    }
}
