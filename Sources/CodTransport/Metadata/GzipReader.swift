import CZlib
import CodCore

/// Undoes gzip (RFC 1952) as the bytes arrive, any number of members; passes on unchanged what does not begin with gzip's magic.
///
/// Some servers send metadata.json as it is stored, some without saying that it is gzip, some unpacked: only the first two bytes
/// tell. It holds 64 KiB of output and zlib's window, whatever comes in.
struct GzipReader: ~Copyable {
    private enum State {
        /// Fewer than two bytes came.
        case sniffing
        case plain
        case insideMember
        /// Behind a member: another one, or zeros to fill a block, may follow.
        case betweenMembers
    }

    /// The most bytes that are taken in, and that are given out.
    private let limit: Int64
    private var state = State.sniffing
    private var head: [UInt8] = []
    private var inputByteCount: Int64 = 0
    private var outputByteCount: Int64 = 0
    // zlib keeps the address of its state, so that must not move.
    private var inflater: UnsafeMutablePointer<z_stream>?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    init(limit: Int64) {
        self.limit = limit
    }

    deinit {
        if let inflater {
            inflateEnd(inflater)
            inflater.deallocate()
        }
        buffer.deallocate()
    }

    /// Takes the next bytes and gives `body` what they come to, in pieces of at most 64 KiB where they were packed.
    mutating func push(_ bytes: RawSpan, to body: (RawSpan) throws(CodError) -> Void) throws(CodError) {
        inputByteCount += Int64(bytes.byteCount)
        if inputByteCount > limit { throw tooLong }
        guard state == .sniffing else { return try pass(bytes, to: body) }
        let taken = min(2 - head.count, bytes.byteCount)
        for offset in 0..<taken { head.append(bytes[offset]) }
        guard head.count == 2 else { return }
        try leaveSniffing()
        // In one piece where it came in one: what reads a text can then show more of its beginning.
        if taken == 2 { return try pass(bytes, to: body) }
        let head = head
        try pass(head.span.bytes, to: body)
        try pass(bytes.extracting(droppingFirst: taken), to: body)
    }

    /// Tells that the input ends here. Throws when it ends inside a member.
    mutating func finish(to body: (RawSpan) throws(CodError) -> Void) throws(CodError) {
        if state == .sniffing {
            state = .plain
            let head = head
            try pass(head.span.bytes, to: body)
        }
        if state == .insideMember {
            throw damaged("its gzip data ends after \(inputByteCount) bytes, before its end mark")
        }
    }

    private mutating func leaveSniffing() throws(CodError) {
        state = head == [0x1F, 0x8B] ? .insideMember : .plain
        if state == .insideMember {
            let inflater = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            inflater.initialize(to: z_stream())
            self.inflater = inflater
            // 15 bits of window, and 16 for: gzip's frame and nothing else.
            guard inflateInit2_(inflater, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw damaged("there is no memory to unpack it")
            }
        }
    }

    private mutating func pass(_ bytes: RawSpan, to body: (RawSpan) throws(CodError) -> Void) throws(CodError) {
        if bytes.isEmpty { return }
        if state == .plain { return try give(bytes, to: body) }
        // zlib reads the span's bytes while it is lent, and never writes to them.
        let failure: CodError? = bytes.withUnsafeBytes { memory in
            do throws(CodError) {
                try inflate(memory, to: body)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    private mutating func inflate(
        _ memory: UnsafeRawBufferPointer, to body: (RawSpan) throws(CodError) -> Void
    ) throws(CodError) {
        guard let inflater else { return }
        var position = 0
        while position < memory.count {
            if state == .betweenMembers {
                // Writers to tape fill the last block with zeros.
                guard memory[position] != 0 else {
                    position += 1
                    continue
                }
                guard memory[position] == 0x1F else { throw damaged("other bytes follow its gzip data") }
                inflateReset(inflater)
                state = .insideMember
            }
            position += try inflateOnce(UnsafeRawBufferPointer(rebasing: memory[position...]), inflater, to: body)
        }
    }

    /// Lets zlib work through the bytes until it has read all of them or a member ends; answers how many it has read.
    private mutating func inflateOnce(
        _ memory: UnsafeRawBufferPointer, _ inflater: UnsafeMutablePointer<z_stream>,
        to body: (RawSpan) throws(CodError) -> Void
    ) throws(CodError) -> Int {
        let count = min(memory.count, Int(Int32.max))
        inflater.pointee.next_in = UnsafeMutablePointer(mutating: memory.assumingMemoryBound(to: UInt8.self).baseAddress)
        inflater.pointee.avail_in = UInt32(count)
        while true {
            inflater.pointee.next_out = buffer.assumingMemoryBound(to: UInt8.self).baseAddress
            inflater.pointee.avail_out = UInt32(buffer.count)
            let result = CZlib.inflate(inflater, Z_NO_FLUSH)
            let produced = buffer.count - Int(inflater.pointee.avail_out)
            // The buffer lives as long as the reader, and the span ends with the call.
            if produced > 0 { try give(UnsafeRawBufferPointer(rebasing: buffer[..<produced]).bytes, to: body) }
            switch result {
            case Z_STREAM_END:
                state = .betweenMembers
                return count - Int(inflater.pointee.avail_in)
            case Z_OK, Z_BUF_ERROR:
                // A full buffer may mean that more is waiting inside, even when all input is read.
                if inflater.pointee.avail_in == 0, produced < buffer.count { return count }
            default:
                throw damaged("its gzip data is damaged")
            }
        }
    }

    private mutating func give(_ bytes: RawSpan, to body: (RawSpan) throws(CodError) -> Void) throws(CodError) {
        outputByteCount += Int64(bytes.byteCount)
        if outputByteCount > limit { throw tooLong }
        try body(bytes)
    }

    private var tooLong: CodError { damaged("it is longer than \(limit) bytes") }

    private func damaged(_ problem: String) -> CodError { .damagedMetadata(problem) }
}

extension CodError {
    /// An error about a metadata.json; `problem` goes on a sentence.
    static func damagedMetadata(_ problem: String) -> CodError {
        CodError(
            .damagedMetadata, "The series' metadata.json cannot be read: \(problem).",
            recovery: "Try again later: the series may be being written. If it stays so, tell who runs the store.")
    }
}
