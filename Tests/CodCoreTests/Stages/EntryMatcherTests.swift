import Testing

@testable import CodCore

@Suite("The matcher joins entries with the plan, and keeps score of what is missing")
struct EntryMatcherTests {
    @Test("A listed instance comes with what the metadata says of it")
    func listed() {
        let planned = PlannedInstance(uid: "a", byteCount: 3, checksum: CRC32C(7))
        var matcher = EntryMatcher(portion: .example([planned]))
        let events = matcher.match(entries: [("instances/a.dcm", "abc")])
        #expect(events.words == ["begin a", "bytes abc", "end"])
        guard case .begin(let instance)? = events.first else { return }
        #expect(instance == Instance(series: .example, uid: "a", byteCount: 3, checksum: CRC32C(7)))
        #expect(matcher.lastEnded == instance)
        #expect(matcher.missing.isEmpty)
    }

    @Test("An instance is found by its entry's name where the metadata gives one, and keeps its own identifier")
    func entryName() {
        var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "hashed", entryName: "instances/1.2.3.dcm")]))
        #expect(matcher.match(entries: [("instances/1.2.3.dcm", "abc")]).words == ["begin hashed", "bytes abc", "end"])
        #expect(matcher.missing.isEmpty)
    }

    @Test("What did not come is named, each once, in the plan's order")
    func missing() {
        var matcher = EntryMatcher(portion: .example(["a", "b", "c"].map { PlannedInstance(uid: $0) }))
        _ = matcher.match(entries: [("instances/b.dcm", "abc")])
        matcher.finish()
        let missing = matcher.missing
        #expect(missing.map(\.instance) == ["a", "c"])
        #expect(missing.allSatisfy { $0.code == .instanceMissing && $0.reach == .instance && $0.study == "study" })
    }

    @Test("Another size than the metadata's fails the instance before a byte of it is passed on")
    func otherSize() {
        var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "a", byteCount: 4)], byteRange: 1000..<2000))
        let events = matcher.match(entries: [("instances/a.dcm", "abc")])
        #expect(events.words == ["failed sizeMismatch a"])
        guard case .failed(let error)? = events.first else { return }
        #expect(error.message.contains("3 bytes"))
        #expect(error.message.contains("4"))
        #expect(error.byteOffset == 1000)
    }

    @Test("Entries that are not listed are passed over, unless the series is wanted whole")
    func unlisted() {
        let entries = [("instances/new.dcm", "abc"), ("readme.txt", "x"), ("instances/new.dcm.txt", "x")]
        var some = EntryMatcher(portion: .example())
        #expect(some.match(entries: entries).isEmpty)
        var whole = EntryMatcher(portion: .example(keepsUnlisted: true))
        #expect(whole.match(entries: entries).words == ["begin new", "bytes abc", "end"])
        #expect(whole.unlisted == ["new"])
    }

    @Test("An unlisted entry whose name is no identifier is refused", arguments: [".cod", "a b", "log.json", "é", "..."])
    func unlistedName(uid: String) {
        var matcher = EntryMatcher(portion: .example(keepsUnlisted: true))
        #expect(matcher.match(entries: [("instances/\(uid).dcm", "abc")]).words == ["failed refusedEntry -"])
    }

    @Test("Links and other things that are no files are refused even where the metadata lists them")
    func refusedKinds() {
        for kind in [ArchiveEntry.Kind.link, .other(UInt8(ascii: "3"))] {
            var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "a")]))
            let entry = ArchiveEntry(name: "instances/a.dcm", kind: kind, byteCount: 0, offset: 0)
            #expect([matcher.match(.begin(entry)), matcher.match(.end)].compactMap(\.self).words == ["failed refusedEntry -"])
            #expect(matcher.missing.count == 1)
        }
    }

    @Test("A second entry of a name is never begun: the metadata's bytes again do no harm, other bytes are told")
    func repeated() {
        var running = RunningCRC32C()
        running.update(ByteChunk("abc".utf8))
        let planned = PlannedInstance(uid: "a", checksum: running.checksum)
        var matcher = EntryMatcher(portion: .example([planned]))
        let entries = [("instances/a.dcm", "abc"), ("other/a.dcm", "abc"), ("a", "xyz")]
        #expect(matcher.match(entries: entries).words == ["begin a", "bytes abc", "end", "failed duplicateEntry a"])
    }

    @Test("A second entry that nothing tells apart from the first is told")
    func repeatedUnchecked() {
        var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "a")], keepsUnlisted: true))
        let twice = [("a.dcm", "abc"), ("a.dcm", "abc"), ("b.dcm", "abc"), ("b.dcm", "abc")]
        let words = matcher.match(entries: twice).words
        #expect(words.filter { $0.hasPrefix("failed") } == ["failed duplicateEntry a", "failed duplicateEntry b"])
        #expect(words.filter { $0.hasPrefix("begin") } == ["begin a", "begin b"])
    }
}

extension EntryMatcher {
    /// What files of these names and contents come to.
    fileprivate mutating func match(entries: [(name: String, content: String)]) -> [InstanceEvent] {
        var events: [InstanceEvent?] = []
        for (name, content) in entries {
            let entry = ArchiveEntry(name: name, kind: .file, byteCount: Int64(content.utf8.count), offset: 0)
            events.append(match(.begin(entry)))
            events.append(match(.bytes(ByteChunk(content.utf8))))
            events.append(match(.end))
        }
        return events.compactMap(\.self)
    }

    /// What is missing now.
    fileprivate var missing: [CodError] {
        mutating get {
            var errors: [CodError] = []
            while let error = nextMissing() { errors.append(error) }
            return errors
        }
    }
}
