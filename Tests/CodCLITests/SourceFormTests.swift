import CodCore
import CodTesting
import Foundation
import Testing

@Suite("cod download and stats read every form of source")
struct SourceFormTests {
    /// A way to name the store, and where its objects then are.
    enum Form: CaseIterable {
        case linkWithoutPrefix, linkWithPrefix, linkWithParts, linkWithOtherItems, linkWithSlashes, linkThatEndsInDicomweb
        case linkWithoutToken, gs, folder, fileURL

        var prefix: String {
            switch self {
            case .linkWithPrefix, .linkThatEndsInDicomweb: "my prefix/dicomweb"
            case .linkWithParts, .linkWithSlashes: "a/b+c/dicomweb"
            default: "dicomweb"
            }
        }

        func source(_ store: ServedStore) -> String {
            let host = "https://portal.example"
            let token = ServedStore.token
            return switch self {
            case .linkWithoutPrefix: "\(host)/test-bucket?token=\(token)"
            case .linkWithPrefix: "\(host)/test-bucket/my%20prefix?token=\(token)"
            case .linkThatEndsInDicomweb: "\(host)/test-bucket/my%20prefix/dicomweb?token=\(token)"
            case .linkWithParts: "\(host)/test-bucket/a/b+c?token=\(token)"
            case .linkWithOtherItems: "\(host)/test-bucket?a=b&token=\(token)&query=something"
            case .linkWithSlashes: "\(host)//test-bucket//a/b+c//?token=\(token)"
            case .linkWithoutToken: "\(host)/test-bucket"
            case .gs: "gs://test-bucket/dicomweb"
            case .folder: store.folder
            case .fileURL: "file://\(store.folder)"
            }
        }

        /// Where the token comes from when the source holds none.
        var environment: [String: String] {
            switch self {
            case .linkWithoutToken, .gs: ["COD_TOKEN": ServedStore.token]
            default: [:]
            }
        }
    }

    @Test("What lands is byte for byte the store's, with a complete log.json; stats agree", arguments: Form.allCases)
    func everyForm(form: Form) async throws {
        try await ServedStore.with(prefix: form.prefix) { store in
            let source = form.source(store)
            let access = ["--endpoint", store.endpoint]
            let stats = try await CommandRun.cod(
                ["stats", source, store.study, "--json"] + access, environment: form.environment)
            #expect(stats.exitCode == 0, "\(stats.errors)")
            let object = try #require(try stats.objects().first)
            #expect(object["totalSeriesCount"] as? Int == store.written.series.count)
            #expect(object["instanceCount"] as? Int == store.written.instances.count)
            #expect(object["totalSizeBytes"] as? Int == Int(store.written.series.reduce(0) { $0 + $1.byteCount }))

            let run = try await CommandRun.cod(
                ["download", source, store.study, "-o", store.scratch.path("out")] + access, environment: form.environment)
            #expect(run.exitCode == 0, "\(run.errors)")
            let expected = try store.files()
            #expect(expected.count == 13)
            #expect(try store.scratch.files(in: "out") == expected)
            #expect(try store.scratch.log(in: "out").sorted() == ServedStore.log(of: expected))
            #expect(!stats.everything.contains(ServedStore.token) && !run.everything.contains(ServedStore.token))
        }
    }

    @Test("The endpoint may come from STORAGE_EMULATOR_HOST, with and without a scheme", arguments: [true, false])
    func emulatorHost(hasScheme: Bool) async throws {
        try await ServedStore.with { store in
            let host = hasScheme ? store.endpoint : String(store.endpoint.dropFirst("http://".count))
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "-o", store.scratch.path("out")],
                environment: ["STORAGE_EMULATOR_HOST": host])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test(
        "Both versions of metadata.json, and hashed UIDs, come to the same",
        arguments: [StoreWriter.MetadataVersion.unversioned, .v1, .v2], [false, true])
    func metadataVersions(version: StoreWriter.MetadataVersion, hashed: Bool) async throws {
        try await ServedStore.with(version: version, hashed: hashed) { store in
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint])
            #expect(run.exitCode == 0, "\(run.errors)")
            #expect(try store.scratch.files(in: "out") == store.files())
            #expect(run.errors.contains("all verified"))
        }
    }

    @Test("Studies may come from a list, on standard input too; duplicates and comments do not count")
    func studyLists() async throws {
        try await ServedStore.with { store in
            let text = "# studies\n\(store.study)  # the one\n\n\(store.study)\n"
            let list = store.scratch.path("list")
            try text.write(toFile: list, atomically: true, encoding: .utf8)
            for (argument, input) in [(list, ""), ("-", text)] {
                let stats = try await CommandRun.cod(
                    ["stats", store.folder, "--studies-from", argument, "--json"], input: input)
                #expect(stats.exitCode == 0, "\(stats.errors)")
                #expect(try stats.objects().first?["instanceCount"] as? Int == 13)
            }
        }
    }

    @Test("Without a study, all of the source are meant", arguments: [true, false])
    func allStudies(isFolder: Bool) async throws {
        try await ServedStore.with { store in
            let other = try SyntheticStudy(seed: 99, instancesPerSeries: 2, rows: 16, columns: 16).write(to: store.written.writer)
            let source = isFolder ? store.folder : store.link
            let stats = try await CommandRun.cod(["stats", source, "--json", "--endpoint", store.endpoint])
            #expect(stats.exitCode == 0, "\(stats.errors)")
            let studies = try #require(try stats.objects().first?["studies"] as? [[String: Any]])
            #expect(Set(studies.compactMap { $0["study"] as? String }) == [store.study, other.studies[0].uid])
        }
    }
}
