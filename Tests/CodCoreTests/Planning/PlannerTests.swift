import Testing

@testable import CodCore

@Suite("The planner cuts archives into portions")
struct PlannerTests {
    static let seeds: [UInt64] = Array(1...40)

    @Test("Portions are disjoint, in order, aligned to entries, and cover exactly what is wanted", arguments: seeds)
    func coversExactlyWhatIsWanted(seed: UInt64) throws {
        let series = RandomSeries(seed: seed, instanceCount: Int(seed) * 3, unlistedShare: Int(seed % 3))
        let saved = series.someUIDs(of: Int(seed % 10), seed: seed)
        let portions = Planner().portions(of: series.plan, without: saved)

        var end: Int64 = 0
        // Behind the last entry there may be others that nobody listed.
        let tail = series.entries.values.map(\.upperBound).max() ?? 0
        let starts = Set(series.entries.values.map(\.lowerBound)).union([tail])
        for portion in portions {
            let range = try #require(portion.byteRange)
            #expect(range.lowerBound >= end)
            #expect(range.lowerBound < range.upperBound && range.upperBound <= series.archiveByteCount)
            #expect(range.lowerBound < tail || portion.instances.isEmpty)
            #expect(starts.contains(range.lowerBound))
            for instance in portion.instances {
                let entry = try #require(series.entries[instance.uid])
                #expect(range.lowerBound <= entry.lowerBound && entry.upperBound <= range.upperBound)
            }
            end = range.upperBound
        }
        let planned = portions.flatMap { $0.instances.map(\.uid) }
        #expect(planned.count == Set(planned).count)
        #expect(Set(planned) == Set(series.plan.instances.map(\.uid)).subtracting(saved))
    }

    @Test("Nothing but wanted entries and small gaps is fetched", arguments: seeds)
    func fetchesLittleBeside(seed: UInt64) throws {
        let series = RandomSeries(seed: seed, instanceCount: 60)
        let saved = series.someUIDs(of: 7, seed: seed)
        let planner = Planner()
        for portion in planner.portions(of: series.plan, without: saved) {
            let range = try #require(portion.byteRange)
            let inside = series.entries.filter { range.contains($0.value.lowerBound) }
            let unwanted = inside.filter { saved.contains($0.key) }.map(\.value)
            // Neighbours that are both unwanted make one gap.
            var gap: Int64 = 0
            var gapEnd: Int64 = -1
            for entry in unwanted.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                gap = entry.lowerBound == gapEnd ? gap + Int64(entry.count) : Int64(entry.count)
                gapEnd = entry.upperBound
                #expect(gap <= planner.policy.joinedGapByteCount)
            }
            #expect(!saved.contains(portion.instances.first?.uid ?? "") && !saved.contains(portion.instances.last?.uid ?? ""))
        }
    }

    @Test("Between chosen instances nothing longer than 64 KiB is fetched, and nothing that the metadata does not list is kept")
    func chosenInstances() throws {
        let series = RandomSeries(seed: 11, instanceCount: 60)
        var plan = series.plan
        for position in plan.instances.indices { plan.instances[position].isWanted = position.isMultiple(of: 3) }
        let portions = Planner().portions(of: plan)
        #expect(Set(portions.flatMap { $0.instances.map(\.uid) }) == Set(plan.instances.filter(\.isWanted).map(\.uid)))
        #expect(portions.allSatisfy { !$0.keepsUnlisted })
        for portion in portions {
            let range = try #require(portion.byteRange)
            for instance in plan.instances where !instance.isWanted {
                let entry = try #require(series.entries[instance.uid])
                #expect(!range.overlaps(entry) || entry.count <= 64 << 10)
            }
        }
    }

    @Test("A whole series is one portion: the archive, with its end, and entries that nobody listed are kept")
    func wholeSeries() {
        let series = RandomSeries(seed: 3, instanceCount: 20)
        let portions = Planner().portions(of: series.plan)
        #expect(portions.count == 1)
        #expect(portions.first?.byteRange == 0..<series.archiveByteCount)
        #expect(portions.first?.isWholeArchive == true)
        #expect(portions.first?.keepsUnlisted == true)
    }

    @Test("One missing instance is one portion: its entry and nothing else")
    func oneInstance() throws {
        let series = RandomSeries(seed: 5, instanceCount: 50)
        for instance in series.plan.instances {
            let others = Set(series.plan.instances.map(\.uid)).subtracting([instance.uid])
            let portions = Planner().portions(of: series.plan, without: others)
            #expect(portions.map(\.byteRange) == [series.entries[instance.uid]])
            #expect(portions.first?.instances.map(\.uid) == [instance.uid])
        }
    }

    @Test("A huge archive is split at entries' boundaries into slices that join up", arguments: 2...9)
    func splits(connectionCount: Int) throws {
        let series = RandomSeries(seed: UInt64(connectionCount), instanceCount: 200)
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 50_000_000
        planner.policy.sliceByteCount = 10_000_000
        let portions = planner.portions(of: series.plan, connectionCount: connectionCount)
        #expect(portions.count >= connectionCount && portions.count <= 5 * connectionCount)
        var end: Int64 = 0
        for portion in portions {
            let range = try #require(portion.byteRange)
            #expect(range.lowerBound == end)
            #expect(portion.keepsUnlisted && !portion.instances.isEmpty)
            end = range.upperBound
        }
        #expect(end == series.archiveByteCount)
        #expect(Set(portions.flatMap { $0.instances.map(\.uid) }) == Set(series.plan.instances.map(\.uid)))
    }

    @Test("With one connection nothing is split")
    func doesNotSplitForOne() {
        let series = RandomSeries(seed: 1, instanceCount: 200)
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 1000
        planner.policy.sliceByteCount = 1000
        #expect(planner.portions(of: series.plan, connectionCount: 1).count == 1)
    }

    @Test("Nothing is planned when all is saved, when nothing is wanted, and without an archive")
    func nothing() {
        let series = RandomSeries(seed: 2, instanceCount: 5)
        #expect(Planner().portions(of: series.plan, without: Set(series.plan.instances.map(\.uid))).isEmpty)
        var unwanted = series.plan
        for position in unwanted.instances.indices { unwanted.instances[position].isWanted = false }
        #expect(Planner().portions(of: unwanted).isEmpty)
        #expect(Planner().portions(of: SeriesPlan(id: series.plan.id, state: .empty)).isEmpty)
    }

    @Test("Where there is room for unlisted entries, a series that is wanted whole is read as a whole until they are saved")
    func unlistedEntries() throws {
        let series = RandomSeries(seed: 21, instanceCount: 40, unlistedShare: 3)
        let uids = series.plan.instances.map(\.uid)
        for missingCount in [0, 1, uids.count] {
            // However large it is and however many connections there are: two entries of one name must be seen by one reader.
            var planner = Planner()
            (planner.policy.splitThresholdByteCount, planner.policy.sliceByteCount) = (1000, 1000)
            let portions = planner.portions(of: series.plan, without: Set(uids.dropFirst(missingCount)), connectionCount: 8)
            #expect(portions.map(\.byteRange) == [0..<series.archiveByteCount])
            #expect(portions.flatMap { $0.instances.map(\.uid) } == Array(uids.prefix(missingCount)))
            #expect(portions.allSatisfy { $0.keepsUnlisted && $0.listedUIDs == Set(uids) })
        }
        let saved = Planner().portions(of: series.plan, without: Set(uids.dropFirst()), areUnlistedSaved: true)
        #expect(saved.map { $0.instances.map(\.uid) } == [[uids[0]]])
        #expect(saved.map(\.byteRange) == [series.entries[uids[0]]] && saved.allSatisfy { !$0.keepsUnlisted })
        #expect(Planner().portions(of: series.plan, without: Set(uids), areUnlistedSaved: true).isEmpty)
        // Who chooses instances gets those and nothing else.
        var chosen = series.plan
        for position in chosen.instances.indices { chosen.instances[position].isWanted = position == 0 }
        let few = Planner().portions(of: chosen)
        #expect(few.count == 1 && few.first?.isWholeArchive == false && few.first?.keepsUnlisted == false)
    }

    @Test("What was appended behind the last entry is fetched with all of the archive")
    func appended() throws {
        let series = RandomSeries(seed: 4, instanceCount: 40)
        let old = try #require(series.plan.archive)
        let plan = SeriesPlan(
            id: series.plan.id,
            state: .retrievable(
                Archive(series: old.series, url: old.url, objectName: old.objectName, byteCount: series.archiveByteCount + 65536)),
            instances: series.plan.instances)
        let first = try #require(series.entries.min { $0.value.lowerBound < $1.value.lowerBound })
        let portions = Planner().portions(of: plan, without: Set(plan.instances.map(\.uid)).subtracting([first.key]))
        #expect(portions.map(\.byteRange) == [0..<series.archiveByteCount + 65536])
        #expect(portions.map { $0.instances.map(\.uid) } == [[first.key]])
    }

    @Test("Damaged entries are in no portion, and no stretch joins what lies before them with what lies behind")
    func aroundDamage() throws {
        let series = RandomSeries(seed: 12, instanceCount: 9, maximumByteCount: 1000)
        let inOrder = series.entries.sorted { $0.value.lowerBound < $1.value.lowerBound }
        let (bad, saved) = (inOrder[4], inOrder[7].key)
        for offset in [bad.value.lowerBound, bad.value.upperBound - 1] {
            let portions = Planner().portions(of: series.plan, without: [saved, bad.key], around: [offset], keepsUnlisted: true)
            #expect(portions.map(\.byteRange) == [0..<bad.value.lowerBound, bad.value.upperBound..<inOrder[8].value.upperBound])
            #expect(portions.flatMap { $0.instances.map(\.uid) } == inOrder.map(\.key).filter { $0 != bad.key && $0 != saved })
        }
    }

    @Test("Every slice of a split archive knows the names that the others hold")
    func slicesKnowAllNames() throws {
        let series = RandomSeries(seed: 8, instanceCount: 200)
        var planner = Planner()
        planner.policy.splitThresholdByteCount = 50_000_000
        planner.policy.sliceByteCount = 10_000_000
        let portions = planner.portions(of: series.plan, connectionCount: 5)
        #expect(portions.count > 1)
        #expect(portions.allSatisfy { $0.listedUIDs == Set(series.plan.instances.map(\.uid)) })
    }

    /// What metadata may say that cannot be true; each makes the layout unusable.
    enum Lie: CaseIterable {
        case missingOffset, missingSize, overlap, beyondTheEnd, negativeSize, negativeOffset, unaligned, overflow, unknownSize
    }

    @Test("Offsets that are missing, overlap or do not fit make the archive one portion", arguments: Lie.allCases)
    func distrustsOffsets(lie: Lie) {
        let series = RandomSeries(seed: 11, instanceCount: 8)
        var plan = series.plan
        switch lie {
        case .missingOffset: plan.instances[3].dataOffset = nil
        case .missingSize: plan.instances[3].byteCount = nil
        case .overlap: plan.instances[3].dataOffset = plan.instances[2].dataOffset
        case .beyondTheEnd: plan.instances[3].dataOffset = series.archiveByteCount + 512
        case .negativeSize: plan.instances[3].byteCount = -1
        case .negativeOffset: plan.instances[3].dataOffset = -512
        case .unaligned: plan.instances[3].dataOffset? += 1
        case .overflow: plan.instances[3].byteCount = .max
        case .unknownSize:
            plan = SeriesPlan(
                id: plan.id,
                state: .retrievable(Archive(series: plan.id, url: "u", objectName: "o", byteCount: nil)),
                instances: plan.instances)
        }
        let wanted = plan.instances[0].uid
        let portions = Planner().portions(of: plan, without: Set(plan.instances.map(\.uid)).subtracting([wanted]))
        #expect(portions.count == 1)
        #expect(portions.first?.isWholeArchive == true)
        #expect(portions.first?.instances.map(\.uid) == [wanted])
    }
}
