import CodCore
import CodExtract

@testable import CodCore

/// What a tar comes to, as decoder and matcher find it; made only if they keep their promises.
struct Extraction: Equatable {
    enum Step: Hashable {
        case entry(ArchiveEntry)
        case body(CRC32C)
        case instance(Instance)
        case instanceEnd(uid: String)
        case failed(CodError.Code, String)
        case broken(CodError.Code, String, at: Int64?)
        case whole
    }

    private(set) var steps: [Step] = []
    private let bytes: [UInt8]
    private let portion: Portion
    private var matcher: EntryMatcher
    private var entry: ArchiveEntry?
    private var byteCount: Int64 = 0
    private var checksum = RunningCRC32C()
    private var instance: Instance?
    /// How many bytes of an instance were handed on.
    private var instanceByteCount: Int64 = 0
    private var begunUIDs = Set<String>()
    private var failedUIDs = Set<String>()

    init(of bytes: [UInt8], in sizes: [Int], as portion: Portion) throws {
        (self.bytes, self.portion) = (bytes, portion)
        matcher = EntryMatcher(portion: portion)
        var decoder = TarDecoder()
        do {
            for chunk in bytes.chunks(sizes) {
                decoder.push(chunk)
                while let event = try decoder.next() { try take(event) }
            }
            try decoder.finish()
            while let event = try decoder.next() { try take(event) }
            try end()
        } catch let error as CodError {
            try end(with: error, in: &decoder)
        }
    }

    static func == (one: Self, other: Self) -> Bool { one.steps == other.steps }

    /// Outcomes of one kind have the same steps, whatever the numbers in them.
    var kind: Int {
        var hasher = Hasher()
        for step in steps.prefix(6) {
            switch step {
            case .entry(let entry): hasher.combine("\(entry.kind) \(magnitude(Int(truncatingIfNeeded: entry.byteCount)))")
            case .body: hasher.combine(1)
            case .instance: hasher.combine(2)
            case .instanceEnd: hasher.combine(3)
            case .failed(let code, _): hasher.combine(code)
            case .broken(let code, let message, _): hasher.combine(outcomeKind(code, message))
            case .whole: hasher.combine(4)
            }
        }
        if case .broken(let code, let message, _)? = steps.last { hasher.combine(outcomeKind(code, message)) }
        hasher.combine(magnitude(steps.count))
        return hasher.finalize()
    }

    private mutating func take(_ event: EntryEvent) throws(Finding) {
        switch event {
        case .begin(let entry):
            try Finding.check(self.entry == nil, "An entry begins inside another.")
            try Finding.check(entry.offset % 512 == 0 && entry.offset >= 0, "An entry begins at byte \(entry.offset).")
            try Finding.check(entry.byteCount >= 0, "An entry has \(entry.byteCount) bytes.")
            try Finding.check((entry.dataOffset ?? -1) > entry.offset, "A body lies at byte \(entry.dataOffset ?? -1).")
            (self.entry, byteCount, checksum) = (entry, 0, RunningCRC32C())
            steps.append(.entry(entry))
        case .bytes(let chunk):
            try Finding.check(entry != nil && chunk.count > 0, "There are \(chunk.count) bytes that belong to no entry.")
            byteCount += Int64(chunk.count)
            checksum.update(chunk)
        case .end: try endEntry()
        @unknown default: break
        }
        if let matched = matcher.match(event) { try take(matched) }
        if case .end = event { try Finding.check(instance == nil, "The entry ended, and its instance did not.") }
    }

    private mutating func endEntry() throws(Finding) {
        guard let entry, let start = entry.dataOffset else { throw Finding("An entry ends that did not begin.") }
        try Finding.check(byteCount == entry.byteCount, "Of \(entry.byteCount) bytes of an entry, \(byteCount) came.")
        let end = start + byteCount
        try Finding.check(end <= Int64(bytes.count), "A body ends at byte \(end) of \(bytes.count).")
        var expected = RunningCRC32C()
        expected.update(bytes.span.bytes.extracting(Int(start)..<Int(end)))
        try Finding.check(expected.checksum == checksum.checksum, "The body at byte \(start) is another than the input's.")
        steps.append(.body(checksum.checksum))
        self.entry = nil
    }

    private mutating func take(_ event: InstanceEvent) throws(Finding) {
        switch event {
        case .begin(let begun):
            try Finding.check(instance == nil, "An instance begins inside another.")
            try Finding.check(UIDText.isValid(begun.uid), "An instance is called \(begun.uid).")
            try Finding.check(begunUIDs.insert(begun.uid).inserted, "The instance \(begun.uid) comes twice.")
            let planned = portion.instances.first { $0.uid == begun.uid }
            try Finding.check(planned != nil || portion.keepsUnlisted, "The instance \(begun.uid) was not asked for.")
            try Finding.check((planned?.byteCount ?? begun.byteCount) == begun.byteCount, "The instance has another size.")
            try Finding.check(planned?.checksum == begun.checksum, "The instance lost its checksum.")
            try Finding.check(entry?.kind == .file, "The instance \(begun.uid) is no file.")
            (instance, instanceByteCount) = (begun, 0)
            steps.append(.instance(begun))
        case .bytes(let chunk):
            try Finding.check(instance != nil, "Bytes belong to no instance.")
            instanceByteCount += Int64(chunk.count)
        case .end:
            try Finding.check(instance?.byteCount == instanceByteCount, "An instance has \(instanceByteCount) bytes.")
            steps.append(.instanceEnd(uid: instance?.uid ?? ""))
            instance = nil
        case .failed(let error):
            try Finding.check(message: error)
            if let uid = error.instance { failedUIDs.insert(uid) }
            steps.append(.failed(error.code, error.message))
            instance = nil
        @unknown default: break
        }
    }

    private mutating func end(with error: CodError, in decoder: inout TarDecoder) throws {
        try Finding.check(message: error)
        try Finding.check(error.code == .damagedArchive, "A tar ends with \(error.code).")
        try Finding.check((0...Int64(bytes.count)).contains(error.byteOffset ?? 0), "An error lies behind the end.")
        do {
            _ = try decoder.next()
            throw Finding("The decoder goes on after an error.")
        } catch let again as CodError {
            try Finding.check(again.message == error.message, "The decoder's error changes.")
        }
        steps.append(.broken(error.code, error.message, at: error.byteOffset))
    }

    /// The archive was read whole: nothing of the plan may be lost without a word.
    private mutating func end() throws(Finding) {
        try Finding.check(entry == nil, "The archive ended inside an entry.")
        while let missing = matcher.nextMissing() { try take(.failed(missing)) }
        for planned in portion.instances where !begunUIDs.contains(planned.uid) {
            try Finding.check(failedUIDs.contains(planned.uid), "The instance \(planned.uid) is lost, and nothing says so.")
        }
        steps.append(.whole)
    }
}
