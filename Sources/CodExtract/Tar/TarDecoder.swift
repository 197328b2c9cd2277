public import CodCore

/// Reads a tar out of chunks of any size: V7, ustar, GNU and PAX, also mixed in one file. No file or socket inside.
///
/// Bodies are handed on in the memory that they were pushed in; headers go through one block of 512 bytes. What the headers say
/// before an entry (names, attributes) is held in memory: at most 1 MiB at a time.
///
/// Where writers and readers of tars differ, it does this:
/// - Blocks of zeros are passed over, however many: entries behind them count. Writers that fail while they append leave such
///   gaps, and entries behind them that the metadata lists. Behind two of them, what is no header ends the archive and is
///   ignored. The end mark may be missing, wholly or in part, and so may the padding of the last entry.
/// - A name comes from the PAX header of the entry, else from a GNU long name, else from a global PAX header, else from its header.
/// - Symbolic links, folders, devices and pipes have no body, whatever size they claim. A hard link has one only
///   when the entry has a PAX header: `pax -o linkdata` writes such.
/// - Bytes of a name that are no UTF-8 stand as U+FFFD. A PAX name may hold any character, NUL included.
///
/// Errors are ``CodError/Code/damagedArchive``, with the offset from the first byte that was pushed, and reach the series. After
/// one, every call throws it again.
public struct TarDecoder: ArchiveDecoder {
    private enum State {
        /// Gathering a block that is a header.
        case header
        /// Gathering a block that carries on the map of an old GNU sparse file; its body follows.
        case sparseMap
        case preface(TarPreface, remaining: Int64, padding: Int64)
        case body(remaining: Int64)
        case padding(remaining: Int64)
        case ended
    }

    private var state = State.header
    private var chunk: ByteChunk?
    /// How many bytes have been taken out of chunks.
    private var position: Int64 = 0
    private var block: [UInt8] = []
    private var prefaceBody: [UInt8] = []
    private var prefaces = TarPrefaces()
    /// Where the first header of the entry to come begins.
    private var entryOffset: Int64 = 0
    private var entry: ArchiveEntry?
    /// How many blocks of zeros came one after the other; two are an end mark.
    private var zeroBlockCount = 0
    private var failure: CodError?

    /// A decoder at the first byte of an archive.
    public init() {
        block.reserveCapacity(TarHeader.byteCount)
    }

    /// Takes the next bytes; their memory is shared with the events, and not copied.
    public mutating func push(_ chunk: ByteChunk) {
        guard failure == nil else { return }
        precondition(self.chunk == nil, "A chunk is pushed only after next() answered nil.")
        self.chunk = chunk
    }

    /// The next event; `nil` when it needs more bytes. Throws ``CodError/Code/damagedArchive`` with the offset of what is no
    /// tar.
    public mutating func next() throws(CodError) -> EntryEvent? {
        if let failure { throw failure }
        do {
            return try advance()
        } catch {
            failure = error
            throw error
        }
    }

    /// Tells that the archive ends here. Throws ``CodError/Code/damagedArchive`` when it ends inside an entry.
    public mutating func finish() throws(CodError) {
        if let failure { throw failure }
        guard let problem = problemWithEnd else { return }
        let error = problem.error(at: position)
        failure = error
        throw error
    }

    private mutating func advance() throws(CodError) -> EntryEvent? {
        while true {
            switch state {
            case .header:
                guard gatherBlock() else { return nil }
                try readHeader()
                block.removeAll(keepingCapacity: true)
                if case .body = state, let entry { return .begin(entry) }
            case .sparseMap:
                guard gatherBlock() else { return nil }
                let isLast = !TarHeader.hasMoreSparseMap(after: block)
                block.removeAll(keepingCapacity: true)
                guard isLast, let entry = entry?.with(dataOffset: position) else { continue }
                self.entry = entry
                state = .body(remaining: entry.byteCount)
                return .begin(entry)
            case .preface(let preface, remaining: 0, let padding):
                try read(preface)
                state = .padding(remaining: padding)
            case .preface(let preface, let remaining, let padding):
                guard let part = take(remaining) else { return nil }
                prefaceBody.append(part)
                state = .preface(preface, remaining: remaining - Int64(part.count), padding: padding)
            case .body(remaining: 0):
                state = .padding(remaining: Self.padding(after: entry?.byteCount ?? 0))
                return .end
            case .body(let remaining):
                guard let part = take(remaining) else { return nil }
                state = .body(remaining: remaining - Int64(part.count))
                return .bytes(part)
            case .padding(remaining: 0): state = .header
            case .padding(let remaining):
                guard let part = take(remaining) else { return nil }
                state = .padding(remaining: remaining - Int64(part.count))
            case .ended:
                chunk = nil
                return nil
            }
        }
    }

    /// Reads the block as a header: the next state is what follows it.
    private mutating func readHeader() throws(CodError) {
        let offset = position - Int64(TarHeader.byteCount)
        if TarHeader.isZero(block) {
            if let problem = prefaces.problemWithoutEntry { throw problem.error(at: offset) }
            zeroBlockCount += 1
            return
        }
        guard zeroBlockCount < 2 || TarHeader.hasValidChecksum(block) else {
            state = .ended
            return
        }
        zeroBlockCount = 0
        if prefaces.count == 0 { entryOffset = offset }
        do throws(TarProblem) {
            let header = try TarHeader(block)
            if let preface = TarPreface(type: header.type) {
                try prefaces.admit(preface, byteCount: header.byteCount)
                prefaceBody.removeAll(keepingCapacity: true)
                state = .preface(preface, remaining: header.byteCount, padding: Self.padding(after: header.byteCount))
            } else {
                let entry = prefaces.takeEntry(for: header, at: entryOffset, dataOffset: position)
                self.entry = entry
                state = header.hasMoreSparseMap ? .sparseMap : .body(remaining: entry.byteCount)
            }
        } catch {
            throw error.error(at: offset)
        }
    }

    /// Reads the body of a preface, which has come whole.
    private mutating func read(_ preface: TarPreface) throws(CodError) {
        do {
            try prefaces.add(prefaceBody, of: preface)
        } catch {
            throw error.error(at: position - Int64(prefaceBody.count))
        }
    }

    /// What is wrong with an archive that ends here; `nil` when nothing is.
    private var problemWithEnd: TarProblem? {
        switch state {
        case .ended: return nil
        case .header where zeroBlockCount >= 2: return nil
        case .header where TarHeader.isZero(block), .padding: return prefaces.problemWithoutEntry
        case .header:
            return TarProblem(
                "It ends inside a header, after \(block.count) of \(TarHeader.byteCount) bytes: \(TarHeader.start(of: block)).")
        case .sparseMap: return TarProblem("It ends inside the map of the sparse file \(entryTitle).")
        case .preface(let preface, let remaining, _):
            return TarProblem("It ends inside a \(preface.title), \(remaining) bytes too early.")
        case .body(let remaining):
            return TarProblem(
                "It ends inside the entry \(entryTitle), \(remaining) of \(entry?.byteCount ?? 0) bytes too early.")
        }
    }

    private var entryTitle: String { EntryName.printable(entry?.name ?? "") }

    /// Fills the block from the chunk; false when it needs more bytes.
    private mutating func gatherBlock() -> Bool {
        while block.count < TarHeader.byteCount {
            guard let part = take(Int64(TarHeader.byteCount - block.count)) else { return false }
            block.append(part)
        }
        return true
    }

    /// Takes up to `byteCount` bytes off the chunk; `nil` when it is used up.
    private mutating func take(_ byteCount: Int64) -> ByteChunk? {
        guard var rest = chunk, rest.count > 0 else {
            chunk = nil
            return nil
        }
        if Int64(rest.count) <= byteCount {
            // The last part: the memory is not held any longer than it is needed.
            chunk = nil
            position += Int64(rest.count)
            return rest
        }
        guard let part = rest.takeFirst(Int(byteCount)) else { return nil }
        chunk = rest
        position += byteCount
        return part
    }

    private static func padding(after byteCount: Int64) -> Int64 {
        let blockByteCount = Int64(TarHeader.byteCount)
        return (blockByteCount - byteCount % blockByteCount) % blockByteCount
    }
}

extension ArchiveEntry {
    /// The same entry, whose body begins later than its header ends.
    fileprivate func with(dataOffset: Int64) -> ArchiveEntry {
        ArchiveEntry(name: name, kind: kind, byteCount: byteCount, offset: offset, dataOffset: dataOffset)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ chunk: ByteChunk) {
        chunk.withBytes { bytes in bytes.withUnsafeBytes { append(contentsOf: $0) } }
    }
}
