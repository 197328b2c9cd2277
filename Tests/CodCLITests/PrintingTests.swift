import Testing

@testable import CodCLI
@testable import CodCore
@testable import CodSink

@Suite("Numbers, progress and lists as people read them")
struct PrintingTests {
    @Test(
        "Bytes in decimal units, three digits at most",
        arguments: [
            (0, "0 B"), (1, "1 B"), (999, "999 B"), (1000, "1.0 kB"), (1049, "1.0 kB"), (1050, "1.1 kB"), (9949, "9.9 kB"),
            (9950, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (1_234_567, "1.2 MB"), (34_000_000_000, "34 GB"),
            (5_497_558_138_880, "5.5 TB"), (.max, "9223 PB"),
        ] as [(Int64, String)])
    func bytes(count: Int64, text: String) {
        #expect(Amount.bytes(count) == text)
    }

    @Test(
        "Durations as a clock shows them; one that cannot be told is a dash",
        arguments: [
            (0, "0:00"), (0.4, "0:00"), (0.5, "0:01"), (7, "0:07"), (59.6, "1:00"), (754, "12:34"), (3723, "1:02:03"),
            (359_999, "99:59:59"), (360_000, "–"), (.infinity, "–"), (.nan, "–"),
        ] as [(Double, String)])
    func time(seconds: Double, text: String) {
        #expect(Amount.time(seconds: seconds) == text)
    }

    @Test(
        "Counts agree with their nouns",
        arguments: [
            (0, "instance", "0 instances"), (1, "instance", "1 instance"), (2, "study", "2 studies"), (1, "study", "1 study"),
            (1, "series", "1 series"), (2, "series", "2 series"),
        ])
    func counts(count: Int, noun: String, text: String) {
        #expect(Amount.count(count, noun) == text)
    }

    @Test("A list of studies: one a line, blanks and comments around it do not count, whatever ends a line")
    func studyList() {
        let text = "# header\n1.2.3\r\n  1.2.4\t# the second\r\n\n\t\n#1.2.5\n1.2.6#\nlast"
        #expect(StudyList.parse(text) == ["1.2.3", "1.2.4", "1.2.6", "last"])
        #expect(StudyList.parse("").isEmpty && StudyList.parse("#\n \n").isEmpty)
        #expect(StudyList.parse("1.2 3") == ["1.2 3"])
        #expect(StudyList.parse("\u{FEFF}1.2.3\n1.2.4") == ["1.2.3", "1.2.4"])
    }

    @Test("When all series have ended and studies are still being zipped, the display says so")
    func zipping() {
        for isZipping in [true, false] {
            var model = ProgressModel(isZipping: isZipping)
            model.note(.plan(.example(seriesCount: 1, byteCount: 1000)))
            #expect(!model.text(at: .seconds(1)).contains("zipping"))
            model.note(.extract(Extract(url: "gs://bucket/1.tar", size: 1000, files: [])))
            #expect(model.text(at: .seconds(2)).hasSuffix("zipping") == isZipping)
        }
    }

    @Test("The display is narrower than the terminal at every width, from nothing to all", arguments: Array(0...200))
    func progressWidth(width: Int) {
        var model = ProgressModel()
        var lines = [model.line(at: .zero, width: width)]
        model.note(.plan(.example(seriesCount: 12_345, byteCount: 5_000_000_000_000)))
        for second in 0..<40 {
            lines.append(model.line(at: .seconds(second * 60), width: width))
            model.note(.progress(.example(byteCount: 150_000_000_000)))
            model.note(.error(Failure(url: "gs://bucket/\(second).tar", size: nil, error: CodError(.truncated, "x"))))
        }
        #expect(lines.allSatisfy { $0.count <= max(width - 1, 0) })
        if width > 110 { #expect(lines.last?.contains("100%  39/12345 series  5.0 TB of 5.0 TB  ") == true) }
    }

    @Test("A verification shows instances in place of series, and what failed but not what is unknown")
    func verificationProgress() {
        var model = ProgressModel()
        var plan = VerificationPlan()
        (plan.instances, plan.bytes) = (10, 4_000_000)
        model.note(.plan(plan))
        #expect(model.text(at: .milliseconds(400)) == "0/10 instances  0 B of 4.0 MB")
        model.note(.finding(VerificationFinding(.missing, "a", "Gone.")))
        model.note(.finding(VerificationFinding(.unknown, "b", "Odd.")))
        model.note(.progress(VerificationProgress(instances: 5, bytesRead: 2_000_000, of: plan)))
        #expect(model.text(at: .seconds(1)) == "5/10 instances  2.0 MB of 4.0 MB  2.0 MB/s  0:01 left  1 failed")
        #expect(model.line(at: .seconds(1), width: 100).contains(" 50%  5/10 instances"))
    }

    @Test("Rate and time left are there from the first look that is half a second after the start")
    func progressRate() {
        var model = ProgressModel()
        #expect(model.text(at: .milliseconds(400)) == "looking at what is there")
        #expect(!model.line(at: .milliseconds(400), width: 80).contains("%"))
        model.note(.plan(.example(seriesCount: 2, byteCount: 100_000_000)))
        model.note(.progress(.example(byteCount: 20_000_000)))
        #expect(model.text(at: .milliseconds(400)) == "0/2 series  20 MB of 100 MB")
        #expect(model.text(at: .seconds(5)) == "0/2 series  20 MB of 100 MB  4.0 MB/s  0:20 left")
    }
}

extension DownloadStats {
    fileprivate static func example(seriesCount: Int, byteCount: Int64) -> DownloadStats {
        DownloadStats(
            totalSeriesCount: seriesCount, totalSavedSeriesCount: 0, totalSizeBytes: byteCount, totalSavedSizeBytes: 0,
            series: (0..<seriesCount).map { "study/ series/ \($0).tar" }, toFetch: InstancesToFetch(),
            transferSizeBytes: byteCount,
            instanceCount: seriesCount, studies: [])
    }
}

extension Progress {
    fileprivate static func example(byteCount: Int64) -> Progress {
        Progress(url: "gs://bucket/series.tar", bytesDownloaded: byteCount, bytesReceived: byteCount, bytesTotal: nil)
    }
}
