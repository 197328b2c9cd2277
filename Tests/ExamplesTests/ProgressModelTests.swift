import Testing

@testable import CodCore
@testable import LiveProgress

@Suite("LiveProgress: a model of what a view shows")
struct ProgressModelTests {
    private static let archive = "gs://bucket/dicomweb/studies/1.1/series/1.1.1.tar"

    /// Two studies: 1.1 with four instances of 100 bytes of which one is saved, 1.2 with one that is.
    private static var plan: RetrievalEvent {
        func series(_ uid: String, _ count: Int, saved: Int) -> SeriesStats {
            SeriesStats(
                series: uid, modality: nil, description: nil, listed: count, instances: count, bytes: Int64(count) * 100,
                saved: saved, savedBytes: Int64(saved) * 100, state: .partial, notices: [], error: nil)
        }
        return .plan(
            DownloadStats(
                totalSeriesCount: 3, totalSavedSeriesCount: 1, totalSizeBytes: 500, totalSavedSizeBytes: 200, series: [],
                toFetch: InstancesToFetch(), transferSizeBytes: 2000, instanceCount: 5,
                studies: [
                    StudyStats(study: "1.1", series: [series("1.1.1", 3, saved: 0), series("1.1.2", 1, saved: 1)], error: nil),
                    StudyStats(study: "1.2", series: [series("1.2.1", 1, saved: 1)], error: nil),
                ]))
    }

    private static func progress(_ byteCount: Int64) -> RetrievalEvent {
        .progress(Progress(url: archive, bytesDownloaded: byteCount, bytesReceived: byteCount, bytesTotal: 2000))
    }

    private static func save(_ url: String = archive) -> RetrievalEvent {
        .save(Save(url: url, file: SavedFile(name: "x.dcm", path: "x.dcm", size: 100, crc32c: nil)))
    }

    private static func failure(_ number: Int = 0) -> RetrievalEvent {
        let error = CodError(.checksumMismatch, "Failure \(number).", reach: .instance)
        return .error(
            Failure(url: nil, size: nil, error: error.located(in: SeriesID(study: "1.1", series: "1.1.1"), instance: "i")))
    }

    private static let completion = Completion(files: [], saved: 3, skipped: 2, failed: 0, verified: 3)

    private static func model(_ events: [RetrievalEvent]) -> ProgressModel {
        var model = ProgressModel()
        for event in events { model.take(event, at: .zero) }
        return model
    }

    @Test("A plan makes a row a study, with what is saved already")
    func plan() {
        let model = Self.model([Self.plan])
        #expect(model.studies.map(\.id) == ["1.1", "1.2"])
        #expect(model.studies.map(\.instanceCount) == [4, 1] && model.studies.map(\.savedCount) == [1, 1])
        #expect(model.studies.map(\.fraction) == [0.25, 1] && model.studies.map(\.isSaved) == [false, true])
        #expect(model.transferByteCount == 2000 && model.receivedByteCount == 0 && model.completion == nil)
    }

    @Test("Saved instances count for their study; addresses of another form for none")
    func saves() {
        let odd = ["", "/", "studies/1.1/series", "gs://b/studies/1.9/series/1.tar", "gs://b/study/1.1/series/1.tar"]
        let model = Self.model([Self.plan, Self.save(), Self.save(), Self.save()] + odd.map { Self.save($0) })
        #expect(model.studies.map(\.savedCount) == [4, 1] && model.studies.map(\.savedByteCount) == [400, 100])
        let isSaved = model.studies.map(\.isSaved)
        #expect(isSaved == [true, true])
    }

    @Test("All failures are counted, the last are kept, and none before the plan is lost")
    func failures() {
        let model = Self.model([Self.failure(-1), Self.plan] + (0..<7).map { Self.failure($0) })
        #expect(model.failureCount == 8 && model.studies.map(\.failureCount) == [7, 0])
        #expect(model.problems.map(\.message) == (2..<7).map { "Failure \($0)." })
        #expect(model.problems.first?.place == "1.1/1.1.1/i")
        #expect(!Self.model([Self.plan, Self.save(), Self.save(), Self.save(), Self.failure()]).studies[0].isSaved)
    }

    @Test("The rate is that of the last ten seconds, and tells the time that is left")
    func rate() {
        var model = Self.model([Self.plan])
        #expect(model.bytesPerSecond(at: .milliseconds(900)) == nil && model.timeLeft(at: .milliseconds(900)) == nil)
        for second in 1...10 { model.take(Self.progress(100), at: .seconds(second)) }
        #expect(model.receivedByteCount == 1000)
        let rate = model.bytesPerSecond(at: .seconds(10))
        #expect(rate.map { $0 > 90 && $0 <= 110 } == true)
        #expect(model.timeLeft(at: .seconds(10)).map { $0 > .seconds(9) && $0 < .seconds(12) } == true)
        // Nothing comes any more.
        #expect(model.bytesPerSecond(at: .seconds(30)) == 0 && model.timeLeft(at: .seconds(30)) == nil)
        model.take(.complete(Self.completion), at: .seconds(31))
        #expect(model.completion == Self.completion && model.bytesPerSecond(at: .seconds(31)) == nil)
    }

    @Test("The meter keeps twenty slots, however long it runs")
    func meter() {
        var meter = RateMeter()
        for step in 0..<10_000 { meter.add(5, at: .milliseconds(100 * step)) }
        #expect(meter.bytesPerSecond(at: .seconds(1000)).map { ($0 - 50).magnitude < 3 } == true)
        #expect(meter.slots.count <= 20)
    }

    @Test("Text: no line is longer than the terminal is wide, no more lines than it is high, nothing that steers it")
    func text() {
        var model = Self.model([Self.plan, Self.progress(1000), Self.save()])
        let text = ProgressText(width: 60, height: 10)
        #expect(
            text.lines(of: model, at: .zero) == [
                "1 of 2 studies · 1.00 kB of 2.00 kB", "[##########----------] 2/4  1.1", "[####################] 1/1  1.2",
            ])
        let hostile = CodError(.refused, "\u{1B}[2J\u{7}" + String(repeating: "long ", count: 50))
        for _ in 0..<9 { model.take(.error(Failure(url: nil, size: nil, error: hostile)), at: .zero) }
        for (width, height) in [(60, 10), (12, 3), (80, 24), (20, 8)] {
            let lines = ProgressText(width: width, height: height).lines(of: model, at: .zero)
            #expect(lines.allSatisfy { $0.count <= width && !$0.unicodeScalars.contains { $0.value < 32 } })
            #expect(lines.count <= max(height, 7))
        }
    }

    @Test(
        "Amounts",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"), (9996, "10.0 kB"), (99_960, "100 kB"),
            (999_600, "1.00 MB"), (28_600_000, "28.6 MB"), (Int64.max, "9223372 TB"), (-5, "0 B"),
        ] as [(Int64, String)])
    func amounts(byteCount: Int64, text: String) {
        #expect(ProgressText.amount(byteCount) == text)
    }

    @Test(
        "Spans",
        arguments: [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3599, "59 min 59 s"), (7500, "2 h 5 min"), (-3, "0 s")])
    func spans(seconds: Int, text: String) {
        #expect(ProgressText.span(.seconds(seconds)) == text)
    }
}
