import CodCore
import Foundation

@testable import CodTransport

extension FuzzTarget {
    /// The JSON tokenizer, beside Foundation's reader: what that one takes, it takes, and finds the same texts in.
    ///
    /// Wherever it is cut: the same events; keys in objects only, what is opened is closed, no text longer than was wanted.
    static let json = FuzzTarget(
        name: "json", seeds: jsonSeeds, words: metadataWords, maximumByteCount: 1 << 10,
        run: { input throws(Finding) in
            let bytes = input.payload
            let limit = input.mode & 1 == 0 ? 1 << 20 : Int(input.choice)
            let whole = try JSONReading(of: bytes, in: [bytes.count], limit: limit)
            let cut = try JSONReading(of: bytes, in: input.chunkSizes(ofByteCount: bytes.count), limit: limit)
            try Finding.check(whole == cut, "Cut, the text comes to \(cut), and whole to \(whole).")
            if limit == 1 << 20 { try whole.compareWithFoundation(bytes) }
            return whole.kind
        })
}

/// What a text comes to.
private struct JSONReading: Equatable {
    private struct Handler: JSONHandler {
        let limit: Int
        var events: [JSONEvent] = []

        func wantedByteCount(of kind: JSONTextKind) -> Int { limit }
        mutating func handle(_ event: JSONEvent) { events.append(event) }
    }

    private let events: [JSONEvent]
    private let problem: String?

    init(of bytes: [UInt8], in sizes: [Int], limit: Int) throws(Finding) {
        var tokenizer = JSONTokenizer()
        var handler = Handler(limit: limit)
        do throws(CodError) {
            for chunk in bytes.chunks(sizes) {
                try chunk.withBytes { bytes throws(CodError) in try tokenizer.push(bytes, to: &handler) }
            }
            try tokenizer.finish(to: &handler)
            problem = nil
        } catch {
            try Finding.check(message: error)
            problem = error.message
        }
        events = handler.events
        try checkOrder()
        for case .string(let text) in events where text.text.utf8.count > limit * 3 {
            throw Finding("A text has \(text.text.utf8.count) bytes, where \(limit) were wanted.")
        }
    }

    var kind: Int {
        var hasher = Hasher()
        for event in events.prefix(10) {
            switch event {
            case .beginObject: hasher.combine(1)
            case .beginArray: hasher.combine(2)
            case .endObject, .endArray: hasher.combine(3)
            case .key(let text): hasher.combine(text.text.utf8.count == 0 ? 4 : 5)
            case .string(let text): hasher.combine(text.isWhole ? 6 : 7)
            case .number, .bool, .null: hasher.combine(8)
            }
        }
        return hasher.finalize() ^ (problem.map { outcomeKind(.damagedMetadata, $0) } ?? 0)
    }

    private func checkOrder() throws(Finding) {
        var levels: [Bool] = []
        for event in events {
            switch event {
            case .beginObject: levels.append(true)
            case .beginArray: levels.append(false)
            case .endObject: try Finding.check(levels.popLast() == true, "An object ends that is not open.")
            case .endArray: try Finding.check(levels.popLast() == false, "A list ends that is not open.")
            case .key: try Finding.check(levels.last == true, "A key stands in no object.")
            default: break
            }
            try Finding.check(levels.count <= JSONTokenizer.maximumDepth, "There are \(levels.count) levels.")
        }
        try Finding.check(problem != nil || levels.isEmpty, "The text ended inside.")
    }

    /// Foundation guesses encodings by NULs and marks, and drops marks inside texts; such texts are no test.
    func compareWithFoundation(_ bytes: [UInt8]) throws(Finding) {
        guard !bytes.contains(0), !bytes.contains(0xEF) else { return }
        guard let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else { return }
        if let problem {
            // It takes a comma behind the last value, which RFC 8259 does not know.
            let isAllowed = ["nested deeper", "the character ] where a value", "the character } where a key"].contains(
                where: problem.contains)
            try Finding.check(isAllowed, "Foundation reads the text; here \(problem).")
            return
        }
        var texts: [String] = []
        Self.collect(theirs, &texts)
        let ours = events.compactMap { if case .string(let text) = $0 { text.text } else { nil } }
        // In an object that has a key twice, Foundation keeps one of the values.
        let keys = events.compactMap { if case .key(let text) = $0 { text.text } else { nil } }
        guard Set(keys).count == keys.count else { return }
        try Finding.check(
            ours.sorted() == texts.sorted(), "Foundation finds the texts \(texts.sorted()); here are \(ours.sorted()).")
    }

    private static func collect(_ value: Any, _ texts: inout [String]) {
        switch value {
        case let text as String: texts.append(text)
        case let list as [Any]: for value in list { collect(value, &texts) }
        case let object as [String: Any]: for value in object.values { collect(value, &texts) }
        default: break
        }
    }
}
