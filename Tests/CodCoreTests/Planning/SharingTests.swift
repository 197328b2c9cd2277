import Testing

@testable import CodCore

@Suite("A plan is shared among workers: disjoint, complete, even, and everywhere the same")
struct SharingTests {
    static let counts = [1, 2, 3, 7, 16, 50]

    /// Many series of random sizes, huge and empty ones among them, and studies that failed.
    static func plan(seed: UInt64) -> RetrievalPlan {
        var random = SeededGenerator(seed: seed)
        let studies = (0..<Int.random(in: 1...6, using: &random)).map { number -> StudyPlan in
            let uid = "9.\(seed).\(number)"
            if Int.random(in: 0..<8, using: &random) == 0 {
                return StudyPlan(uid: uid, series: [], failure: CodError(.studyNotFound, "Gone.", reach: .study))
            }
            let series = (0..<Int.random(in: 0...12, using: &random)).map { randomSeries(inStudy: uid, $0, &random) }
            return StudyPlan(uid: uid, series: series)
        }
        return RetrievalPlan(studies: studies)
    }

    private static func randomSeries(inStudy study: String, _ number: Int, _ random: inout SeededGenerator) -> SeriesPlan {
        let id = SeriesID(study: study, series: "\(study).\(number)")
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return SeriesPlan(id: id, state: .empty)
        case 1: return SeriesPlan(id: id, state: .failed(CodError(.missingMetadata, "None.").located(in: id)))
        default:
            let most: Int64 = [100, 1_000_000, 60_000_000].randomElement(using: &random) ?? 0
            let instanceCount = Int.random(in: 1...40, using: &random)
            let unlisted = Int.random(in: 0..<5, using: &random) == 0 ? 3 : 0
            let random = RandomSeries(
                seed: random.next(), instanceCount: instanceCount, maximumByteCount: most, unlistedShare: unlisted)
            let archive = Archive(
                series: id, url: "u", objectName: "o", byteCount: random.archiveByteCount, generation: 1, checksum: CRC32C(1))
            return SeriesPlan(
                id: id, state: .retrievable(archive),
                instances: random.plan.instances.map { instance in
                    var instance = instance
                    instance.checksum = CRC32C(7)
                    return instance
                })
        }
    }

    static func shares(_ plan: RetrievalPlan, _ count: Int, keepsStudiesWhole: Bool = false) throws -> [RetrievalPlan] {
        try (0..<count).map { try plan.share(#require(Shard($0, of: count)), keepsStudiesWhole: keepsStudiesWhole) }
    }

    /// The wanted instances, and each study and series that failed or is empty.
    static func content(_ plan: RetrievalPlan) -> [String] {
        plan.studies.flatMap { study in
            (study.failure != nil || study.series.isEmpty ? [study.uid] : [])
                + study.series.flatMap { series in
                    series.archive == nil
                        ? [series.id.description] : series.instances.filter(\.isWanted).map { "\(series.id)/\($0.uid)" }
                }
        }
    }

    @Test("Each wanted instance and each failure is in exactly one share", arguments: 1...40 as ClosedRange<UInt64>)
    func partition(seed: UInt64) throws {
        let plan = Self.plan(seed: seed)
        let all = Self.content(plan).sorted()
        for count in Self.counts {
            for keepsStudiesWhole in [false, true] {
                let shares = try Self.shares(plan, count, keepsStudiesWhole: keepsStudiesWhole)
                #expect(shares.flatMap(Self.content).sorted() == all, "\(count) shares")
                if keepsStudiesWhole {
                    let studies = shares.flatMap { $0.studies.map(\.uid) }
                    #expect(studies.sorted() == plan.studies.map(\.uid).sorted())
                }
            }
        }
    }

    @Test("No share has more than the mean and the largest thing that is not cut", arguments: 1...40 as ClosedRange<UInt64>)
    func balance(seed: UInt64) throws {
        let plan = Self.plan(seed: seed)
        for count in Self.counts {
            for keepsStudiesWhole in [false, true] {
                let units = ShareUnits(plan, shareCount: count, keepsStudiesWhole: keepsStudiesWhole)
                let weights = units.units.map(\.weight)
                let (total, largest) = (weights.reduce(0, +), weights.max() ?? 0)
                for index in 0..<count {
                    let weight = try units.units(of: #require(Shard(index, of: count))).reduce(0) { $0 + $1.weight }
                    #expect(weight * Int64(count) <= total + largest * Int64(count), "\(index)/\(count)")
                }
            }
        }
    }

    @Test("The order in which studies are named does not matter", arguments: 1...20 as ClosedRange<UInt64>)
    func order(seed: UInt64) throws {
        let plan = Self.plan(seed: seed)
        var random = SeededGenerator(seed: seed)
        let other = RetrievalPlan(studies: plan.studies.shuffled(using: &random))
        for count in Self.counts {
            let (shares, others) = (try Self.shares(plan, count), try Self.shares(other, count))
            #expect(shares.map { Self.content($0).sorted() } == others.map { Self.content($0).sorted() })
            // In the order that each of them gives.
            for share in others {
                #expect(share.studies.map(\.uid) == other.studies.map(\.uid).filter(share.studies.map(\.uid).contains))
            }
        }
    }

    /// One series of 64 entries of 1 MiB and 512 bytes each.
    static func long(
        checksum: CRC32C? = CRC32C(7), offset: Int64 = 512, archive: CRC32C? = CRC32C(1), wanted: (Int) -> Bool = { _ in true }
    ) -> SeriesPlan {
        let id = SeriesID(study: "1", series: "1.1")
        let stride: Int64 = 512 + 1 << 20
        let instances = (0..<64).map { number in
            PlannedInstance(
                uid: "1.1.\(number)", byteCount: 1 << 20, checksum: checksum, dataOffset: Int64(number) * stride + offset,
                isWanted: wanted(number))
        }
        let byteCount = 64 * stride + 10_240
        return SeriesPlan(
            id: id,
            state: .retrievable(Archive(series: id, url: "u", objectName: "o", byteCount: byteCount, checksum: archive)),
            instances: instances)
    }

    @Test("One long archive is cut between instances: every worker has about the same of it, side by side")
    func oneArchive() throws {
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1", series: [Self.long()])])
        for count in [2, 4, 8, 16] {
            let numbers = try Self.shares(plan, count).map { share in
                try #require(share.series.first { _ in true }).instances.indices.filter {
                    share.studies[0].series[0].instances[$0].isWanted
                }
            }
            #expect(numbers.flatMap(\.self) == Array(0..<64))
            #expect(numbers.allSatisfy { $0.count == 64 / count }, "\(numbers.map(\.count))")
            // Each fetches its own bytes alone.
            for share in try Self.shares(plan, count) {
                let portions = Planner().portions(of: share.studies[0].series[0])
                #expect(portions.count == 1 && portions[0].byteCount == Int64(64 / count) * (512 + 1 << 20))
            }
        }
    }

    @Test(
        "What can only be fetched as a whole is not cut",
        arguments: [
            // Offsets that fit no tar; a room before the first entry; instances that the archive's checksum alone confirms.
            long(offset: 500), long(offset: 2560), long(checksum: nil),
        ])
    func whole(series: SeriesPlan) throws {
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1", series: [series])])
        let counts = try Self.shares(plan, 8).map { Self.content($0).count }
        #expect(counts.sorted() == [0, 0, 0, 0, 0, 0, 0, 64])
        #expect(series.parts.count == 1)
    }

    @Test("Without a checksum of the archive there is nothing to compare as a whole, so the series is cut")
    func noArchiveChecksum() throws {
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1", series: [Self.long(checksum: nil, archive: nil)])])
        #expect(try Self.shares(plan, 8).allSatisfy { Self.content($0).count == 8 })
    }

    @Test("Of a selection the wanted instances are shared, and nothing else comes to be wanted")
    func selected() throws {
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1", series: [Self.long { $0 % 2 == 0 }])])
        let shares = try Self.shares(plan, 4)
        #expect(shares.allSatisfy { Self.content($0).count == 8 })
        #expect(shares.flatMap(Self.content).sorted() == Self.content(plan).sorted())
    }

    @Test("One share of one is the plan, and a series with all its parts in one share stays wanted whole")
    func one() throws {
        let small = SeriesPlan(
            id: SeriesID(study: "2", series: "2.1"),
            state: .retrievable(
                Archive(series: SeriesID(study: "2", series: "2.1"), url: "u", objectName: "o", byteCount: 1 << 50)),
            instances: [PlannedInstance(uid: "2.1.1", byteCount: 5)])
        let plan = RetrievalPlan(
            studies: [StudyPlan(uid: "1", series: [Self.long()]), StudyPlan(uid: "2", series: [small])])
        let shares = try Self.shares(plan, 2)
        #expect(shares.flatMap(\.series).contains { $0.id.study == "1" && $0.isWantedWhole })
        #expect(try Self.content(Self.shares(plan, 1)[0]) == Self.content(plan))
    }

    @Test("Shares of shares are shares again")
    func again() throws {
        let plan = RetrievalPlan(studies: [StudyPlan(uid: "1", series: [Self.long()])])
        let shares = try Self.shares(plan, 3).flatMap { try Self.shares($0, 3) }
        #expect(shares.flatMap(Self.content).sorted() == Self.content(plan).sorted())
    }
}

@Suite("A shard is written I/N, and I counts from 0")
struct ShardTests {
    @Test("What can be read", arguments: [("0/1", 0, 1), ("3/4", 3, 4), ("99999/100000", 99_999, 100_000), ("007/8", 7, 8)])
    func reads(text: String, index: Int, count: Int) throws {
        #expect(try Shard(parsing: text) == Shard(index, of: count))
    }

    @Test(
        "What cannot",
        arguments: [
            ("3/3", "indices begin at 0, so the last one is 2/3"), ("1/0", "1 to 100000"), ("0/100001", "1 to 100000"),
            ("", "I/N"), ("/", "I/N"), ("1", "I/N"), ("/4", "I/N"), ("1/", "I/N"), ("-1/4", "I/N"), ("+1/4", "I/N"),
            ("1/2/3", "I/N"), (" 1/4", "I/N"), ("1/4\u{1B}[31m", "I/N"), ("9999999999999999999/4", "I/N"), ("٣/٤", "I/N"),
        ])
    func refuses(text: String, words: String) {
        let error = #expect(throws: CodError.self) { try Shard(parsing: text) }
        #expect(error?.message.contains(words) == true && error?.message.contains("\u{1B}") == false, "\(error as Any)")
        #expect(error?.recovery != nil)
    }
}
