import CodCore
import CodTesting
import Foundation
import Testing

@Suite("What is in the metadata chooses what is fetched")
struct ChoosingTests {
    /// Twelve slices a series, in tar order; 0 is the first.
    private static func with(
        version: StoreWriter.MetadataVersion = .v2, _ body: (ServedStore) async throws -> Void
    ) async throws {
        // Behind each slice more bytes than a gap that is bridged.
        try await ServedStore.with(instancesPerSeries: 12, payload: .noise(byteCount: 40_000), version: version, body)
    }

    /// The files of instances that are chosen by series and place.
    private static func files(_ store: ServedStore, _ isChosen: (WrittenSeries, Int) -> Bool) throws -> [String: Data] {
        let paths = store.written.series.flatMap { series in
            series.instances.enumerated().filter { isChosen(series, $0.offset) }.map {
                "\(series.id)/instances/\($0.element.uid).dcm"
            }
        }
        return try store.files().filter { paths.contains($0.key) }
    }

    /// Expects that no more bytes of archives came than the files have, and an entry's headers and padding each.
    private static func expectLittleTraffic(
        _ store: ServedStore, _ files: [String: Data], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let byteCount = files.values.reduce(0) { $0 + Int64($1.count) + 4096 }
        #expect(store.archiveByteCount <= byteCount, sourceLocation: sourceLocation)
    }

    @Test(
        "--where fetches the matching instances and nothing else, of either version",
        arguments: [StoreWriter.MetadataVersion.v1, .v2])
    func attributes(version: StoreWriter.MetadataVersion) async throws {
        try await Self.with(version: version) { store in
            let run = try await SelectionTests.download(
                store, ["--where", "InstanceNumber=3..4", "--where", "Modality=ct", "--where", "ConvolutionKernel!=BONE"])
            run.expect(
                0,
                naming:
                    "InstanceNumber=3..4, Modality=ct, ConvolutionKernel!=BONE: 2 of 4 series have matching instances, 4 of 37.")
            let chosen = try Self.files(store) { series, place in
                [2, 3].contains(place) && series.modality == "CT" && !series.description.contains("bone")
            }
            #expect(try chosen.count == 4 && store.scratch.files(in: "out") == chosen)
            #expect(try store.scratch.log(in: "out") == ServedStore.log(of: chosen))
            Self.expectLittleTraffic(store, chosen)
        }
    }

    @Test("--series-description and --every choose together, and a wider choice fetches only the rest")
    func resume() async throws {
        try await Self.with { store in
            let narrow = ["--series-description", "*LUNG*", "--every", "4"]
            let first = try await SelectionTests.download(store, narrow)
            first.expect(0, naming: "one instance in 4")
            let few = try Self.files(store) { series, place in series.description.contains("lung") && place % 4 == 0 }
            #expect(try few.count == 3 && store.scratch.files(in: "out") == few)
            Self.expectLittleTraffic(store, few)

            let received = store.archiveByteCount
            let again = try await SelectionTests.download(store, narrow)
            again.expect(0, naming: "3 instances had been saved before")
            #expect(store.archiveByteCount == received)

            let wider = try await SelectionTests.download(store, ["--series-description", "*lung*", "--every", "2"])
            wider.expect(0)
            let more = try Self.files(store) { series, place in series.description.contains("lung") && place % 2 == 0 }
            #expect(try more.count == 6 && store.scratch.files(in: "out") == more)
            Self.expectLittleTraffic(store, more)

            let all = try await SelectionTests.download(store, [])
            all.expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("COD_WHERE, COD_SERIES_DESCRIPTION and COD_EVERY: commas stand between conditions, and a flag goes before them")
    func environment() async throws {
        try await Self.with { store in
            let environment = [
                "COD_WHERE": "InstanceNumber=1..6,Modality=CT", "COD_SERIES_DESCRIPTION": "*lung*,*bone*", "COD_EVERY": "3",
            ]
            let arguments = ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint]
            let run = try await CommandRun.cod(arguments, environment: environment)
            run.expect(0)
            let chosen = try Self.files(store) { series, place in
                ["lung", "bone"].contains { series.description.contains($0) } && [0, 3].contains(place)
            }
            #expect(try chosen.count == 4 && store.scratch.files(in: "out") == chosen)
            let stats = try await CommandRun.cod(
                ["stats", store.link, store.study, "--endpoint", store.endpoint, "--json", "--every", "1"],
                environment: environment)
            #expect(try stats.objects().first?["instanceCount"] as? Int == 12)
        }
    }

    @Test("stats and --dry-run tell of the choice: the table with headings, JSON with what is listed, wanted and saved")
    func stats() async throws {
        try await Self.with { store in
            let choice = ["--where", "InstanceNumber=2", "--where", "Modality=CT"]
            try await SelectionTests.download(store, ["--where", "InstanceNumber=2", "--series-description", "*lung*"]).expect(0)
            let received = store.archiveByteCount
            let arguments = [store.link, store.study, "--endpoint", store.endpoint, "-o", store.scratch.path("out")] + choice
            let table = try await CommandRun.cod(["stats"] + arguments)
            table.expect(0)
            #expect(
                table.lines.first?.split(separator: " ") == [
                    "MODALITY", "DESCRIPTION", "INSTANCES", "SIZE", "SAVED", "STATE", "SERIES",
                ])
            #expect(table.lines.count == 6 && table.lines[1] == "Study \(store.study)")
            let lung = try #require(store.written.series.first { $0.description.contains("lung") })
            let row = try #require(table.lines.first { $0.hasSuffix(lung.id.series) })
            #expect(row.contains(#/CT +Chest lung .* 1 of 12 +\d+ kB +1  saved   2/#), "\(row)")
            // Numbers end where their headings end.
            let heading = try #require(table.lines[0].range(of: "INSTANCES"))
            #expect(
                row[
                    row.index(
                        row.startIndex,
                        offsetBy: table.lines[0].distance(from: table.lines[0].startIndex, to: heading.upperBound) - 2)...
                ].hasPrefix("12  "))

            let json = try #require(try await CommandRun.cod(["stats", "--json"] + arguments).objects().first)
            #expect(
                json["instanceCount"] as? Int == 3 && json["totalSeriesCount"] as? Int == 3
                    && json["totalSavedSeriesCount"] as? Int == 1)
            let study = try #require((json["studies"] as? [[String: Any]])?.first)
            let series = try #require((study["series"] as? [[String: Any]])?.first { $0["series"] as? String == lung.id.series })
            #expect(series["listed"] as? Int == 12 && series["instances"] as? Int == 1 && series["saved"] as? Int == 1)
            #expect(series["bytes"] as? Int == series["savedBytes"] as? Int && series["state"] as? String == "saved")
            #expect(series["modality"] as? String == "CT" && series["description"] as? String == lung.description)

            let dry = try await SelectionTests.download(store, choice + ["--dry-run"])
            dry.expect(0)
            #expect(dry.output == table.output && store.archiveByteCount == received)
        }
    }

    @Test("The zip of a choice holds the choice", arguments: ["--zip", "--zip-only"])
    func zip(flag: String) async throws {
        try await Self.with { store in
            let choice = ["--where", "InstanceNumber=5", "--where", "SeriesDescription=*lung*"]
            let folder = flag == "--zip" ? ["-o", store.scratch.path("out")] : []
            let run = try await CommandRun.cod(
                [
                    "download", store.link, store.study, "--endpoint", store.endpoint, flag, "--zip-dir",
                    store.scratch.path("zips"),
                ] + folder + choice)
            run.expect(0)
            let lung = try #require(store.written.series.first { $0.description.contains("lung") })
            let chosen = try Self.files(store) { series, place in series.id == lung.id && place == 4 }
            let expected = UnpackedZip.expected(of: store.study, in: chosen)
            #expect(expected.count == 1)
            #expect(try await UnpackedZip.files(in: store.scratch.path("zips/\(store.study).zip")) == expected)
        }
    }

    @Test("Nothing that matches is told with the conditions, and is no failure")
    func nothing() async throws {
        try await Self.with { store in
            let run = try await SelectionTests.download(store, ["--where", "PatientSex=F", "--modality", "CT"])
            run.expect(
                0, naming: "PatientSex=F: 0 of 3 series have matching instances", "--modality CT, --where PatientSex=F",
                "nothing to save")
            #expect(store.archiveByteCount == 0)
        }
    }

    @Test("An entry that the metadata does not list is not kept beside instances that were chosen")
    func unlisted() async throws {
        var defects = SeriesDefects.none
        defects.unlistedEntries = [("instances/1.2.3.66.99.dcm", [UInt8](repeating: 9, count: 3000))]
        let store = try OneSeriesStore(defects)
        try await store.run("download", ["--every", "2"]).expect(0)
        #expect(try store.saved() == store.expected(store.written, [0, 2, 4]))
        try await store.download().expect(0, naming: "metadata does not list: 1")
        #expect(try store.saved().count == 6)
    }

    @Test(
        "A condition that cannot be understood is a usage error that names it and the way out",
        arguments: [
            Mistake("--where", "PatientSx=F", naming: "--where PatientSx=F", "PatientSex", "00100020"),
            Mistake("--where", "PatientSex", naming: "--where PatientSex", "TAG=VALUE"),
            Mistake("--where", "PatientSex=", naming: "names no value", "PatientSex=*"),
            Mistake("--where", "SliceLocation=20..10", naming: "20..10", "before it begins"),
            Mistake("--where", "StudyDescription=[a", naming: "[a", "not closed"),
            Mistake("--series-description", "lung\\", naming: "--series-description", "ends with \\"),
            Mistake("--series-description", "", naming: "--series-description", "empty"),
            Mistake("--every", "0", naming: "--every is 0", "1 (all)"),
            Mistake("--every", "-1", naming: "--every is -1"), Mistake("--every", "x", naming: "--every", "'x'"),
        ])
    func mistakes(mistake: Mistake) async throws {
        for command in ["stats", "download"] {
            let run = try await CommandRun.cod([command, "gs://bucket", "1.2"] + mistake.arguments)
            run.expect(64, naming: mistake.words)
        }
        let run = try await CommandRun.cod(["stats", "gs://b"], environment: ["COD_WHERE": "Modality=CT,Foo=1"])
        run.expect(64, naming: "--where Foo=1", "From the environment: COD_WHERE.")
    }
}
