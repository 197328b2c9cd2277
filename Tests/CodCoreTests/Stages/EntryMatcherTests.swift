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
        let missing = matcher.missing
        #expect(missing.map(\.instance) == ["a", "c"])
        #expect(missing.allSatisfy { $0.code == .instanceMissing && $0.reach == .instance && $0.study == "study" })
    }

    @Test("Another size than the metadata's fails the instance, and not a byte of it is passed on", arguments: [true, false])
    func otherSize(hasOffset: Bool) {
        let planned = PlannedInstance(uid: "a", byteCount: 4, dataOffset: hasOffset ? 1512 : nil)
        var matcher = EntryMatcher(portion: .example([planned], byteRange: 1000..<2000))
        let events = matcher.match(entries: [("instances/a.dcm", "abc")], apart: 1024)
        // By its offset it is known for certain; by its name, only when no other came.
        #expect(events.words == (hasOffset ? ["failed sizeMismatch a"] : []))
        let missing = matcher.missing
        #expect(missing.map(\.code) == (hasOffset ? [] : [.sizeMismatch]))
        guard let error = hasOffset ? events.first?.failure : missing.first else { return }
        #expect(error.message.contains("3 bytes") && error.message.contains("4") && error.byteOffset == 1000)
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

    @Test("An entry under the name of an instance of another portion is not unlisted: it is passed over")
    func listedElsewhere() {
        let archive = Archive(series: .example, url: "u", objectName: "o", byteCount: nil)
        var matcher = EntryMatcher(
            portion: Portion(
                archive: archive, byteRange: nil, instances: [PlannedInstance(uid: "a")], keepsUnlisted: true,
                listedUIDs: ["a", "b"]))
        let entries = [("instances/b.dcm", "abc"), ("instances/a.dcm", "abc"), ("instances/c.dcm", "xyz")]
        #expect(matcher.match(entries: entries).words == ["begin a", "bytes abc", "end", "begin c", "bytes xyz", "end"])
    }

    @Test(
        "An entry under the identifier of an instance whose own entry has another name is passed over, here and in other portions"
    )
    func listedUnderAnotherName() {
        let planned = PlannedInstance(uid: "a", entryName: "folder/0.dcm")
        for instances in [[planned], []] {
            var matcher = EntryMatcher(
                portion: Portion(
                    archive: Archive(series: .example, url: "u", objectName: "o", byteCount: nil), byteRange: nil,
                    instances: instances, keepsUnlisted: true, listedUIDs: [planned].listedUIDs))
            let words = matcher.match(entries: [("instances/a.dcm", "other"), ("folder/0.dcm", "abc")]).words
            #expect(words == (instances.isEmpty ? [] : ["begin a", "bytes abc", "end"]))
            #expect(matcher.unlisted.isEmpty)
        }
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

    @Test("Without a checksum in the metadata a second entry is compared with the first")
    func repeatedUnchecked() {
        var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "a")], keepsUnlisted: true))
        let entries = [
            ("a.dcm", "abc"), ("a.dcm", "abc"), ("a.dcm", "xyz"), ("b.dcm", "abc"), ("b.dcm", "abc"), ("b.dcm", "xyz"),
        ]
        let words = matcher.match(entries: entries).words
        #expect(words.filter { $0.hasPrefix("failed") } == ["failed duplicateEntry a", "failed duplicateEntry b"])
        #expect(words.filter { $0.hasPrefix("begin") } == ["begin a", "begin b"])
    }

    @Test("Of entries of one name, the one that lies where the metadata says is taken, first or last", arguments: [0, 1, 2])
    func byOffset(place: Int) {
        let contents = ["abc", "xyz", "abcd"]
        let planned = PlannedInstance(
            uid: "a", byteCount: Int64(contents[place].utf8.count), dataOffset: Int64(place) * 1024 + 512)
        var matcher = EntryMatcher(portion: .example([planned], keepsUnlisted: true))
        let words = matcher.match(entries: contents.map { ("instances/a.dcm", $0) }, apart: 1024).words
        #expect(words == ["begin a", "bytes \(contents[place])", "end"])
        #expect(matcher.missing.isEmpty)
    }

    @Test("An instance that lies elsewhere is not taken, and where it lies is told")
    func misplaced() {
        let planned = PlannedInstance(uid: "a", byteCount: 3, dataOffset: 5120)
        var matcher = EntryMatcher(portion: .example([planned]))
        #expect(matcher.match(entries: [("instances/a.dcm", "abc")], apart: 1024).isEmpty)
        let missing = matcher.missing
        #expect(missing.map(\.code) == [.instanceMisplaced])
        #expect(missing.first?.message.contains("byte 512") == true && missing.first?.message.contains("5120") == true)
    }

    @Test("Without offsets, a leftover of another size is passed over when the right one follows")
    func leftoverOfOtherSize() {
        var matcher = EntryMatcher(portion: .example([PlannedInstance(uid: "a", byteCount: 4)]))
        let words = matcher.match(entries: [("instances/a.dcm", "abc"), ("instances/a.dcm", "abcd")]).words
        #expect(words == ["begin a", "bytes abcd", "end"])
        #expect(matcher.missing.isEmpty)
    }
}

extension EntryMatcher {
    /// What files of these names and contents come to.
    ///
    /// - Parameter distance: where given, entries begin so many bytes apart, each with one block of header.
    fileprivate mutating func match(
        entries: [(name: String, content: String)], apart distance: Int64? = nil
    ) -> [InstanceEvent] {
        var events: [InstanceEvent?] = []
        for (position, (name, content)) in entries.enumerated() {
            let offset = distance.map { $0 * Int64(position) }
            let entry = ArchiveEntry(
                name: name, kind: .file, byteCount: Int64(content.utf8.count), offset: offset ?? 0,
                dataOffset: offset.map { $0 + 512 })
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

extension InstanceEvent {
    fileprivate var failure: CodError? {
        if case .failed(let error) = self { error } else { nil }
    }
}
