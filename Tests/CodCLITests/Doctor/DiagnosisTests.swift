import CodCore
import CodTransport
import Testing

@testable import CodCLI

@Suite("What a measurement comes to")
struct DiagnosisTests {
    @Test(
        "Days that a certificate has left, and who signed it",
        arguments: [(100, .ok), (6, .warning), (0, .warning), (-1, .warning)] as [(Int64, Diagnosis.Verdict)])
    func days(left: Int64, verdict: Diagnosis.Verdict) {
        let certificate = CertificateFacts(issuer: "CN=Root R1,O=Some Trust,C=US", end: 1_000_000 + left * 86_400)
        let diagnosis = Diagnosis.tls(
            version: "TLS 1.3", certificate: certificate, failure: nil, needsOwnTrust: false, hasOwnTrust: false, now: 1_000_000)
        #expect(diagnosis.verdict == verdict && diagnosis.message.contains("Some Trust") && !diagnosis.message.contains("Root"))
        #expect(diagnosis.measures == ["daysLeft": Double(left)])
        #expect(CertificateFacts(issuer: "CN=a\n\u{1B}[2Jb", end: 0).shortIssuer == "CN=a  [2Jb")
        #expect(CertificateFacts(der: [1, 2, 3]) == nil && CertificateFacts(der: []) == nil)
    }

    @Test(
        "A clock is right within a minute",
        arguments: [(0, true), (60, true), (-60, true), (61, false), (-61, false), (.max, false)] as [(Int64, Bool)])
    func clock(skew: Int64, isRight: Bool) {
        let diagnosis = Diagnosis.clock(serverDate: 0, now: skew, isSigning: true)
        #expect((diagnosis.verdict == .ok) == isRight)
        if !isRight { #expect(diagnosis.message.contains(skew > 0 ? "ahead" : "behind")) }
        #expect(Diagnosis.clock(serverDate: nil, now: skew, isSigning: false).verdict == .ok)
    }

    @Test("Throughput: what eight streams bring beside one says what to do")
    func streams() {
        func eight(_ rate: Double, before: Double) -> Diagnosis {
            .stream(.eightStreams, Int64(rate), seconds: 1, before: before)
        }
        #expect(eight(80e6, before: 10e6).message.contains("more --jobs may bring more"))
        #expect(eight(11e6, before: 10e6).message.contains("bring nothing"))
        #expect(!eight(20e6, before: 10e6).message.contains("--jobs"))
        #expect(eight(80e6, before: 10e6).message.contains("100 GB take 20:50"))
        let slow = Diagnosis.stream(.eightStreams, 5 << 20, seconds: 10, before: 1)
        #expect(slow.verdict == .warning && slow.recovery != nil)
        #expect(Diagnosis.stream(.oneStream, 0, seconds: 3).verdict == .failed)
        #expect(Diagnosis.stream(.oneStream, 0, seconds: 0).verdict == .failed)
        #expect(Diagnosis.stream(.oneStream, 1000, seconds: 1).message.contains("too little"))
    }

    @Test("A disk that is slower than the network, or slow by itself, is the narrow place")
    func disk() {
        func disk(_ rate: Int64, network: Double?) -> Diagnosis {
            .disk(
                DiskSpeed(byteCount: rate, seconds: 1, ignoresCase: true, hasUnnamedFiles: false), kind: "nfs",
                networkRate: network)
        }
        #expect(disk(100_000_000, network: nil).verdict == .ok)
        #expect(disk(100_000_000, network: 50e6).verdict == .ok)
        #expect(disk(100_000_000, network: 500e6).verdict == .warning)
        #expect(disk(1_000_000, network: nil).verdict == .warning)
        for word in ["case", "O_TMPFILE", "network"] { #expect(disk(100_000_000, network: nil).message.contains(word)) }
    }

    @Test("Room, and the limit of open files")
    func room() {
        func place(_ free: Int64?, _ files: Int64? = nil) -> Diagnosis {
            .output(
                DiskPlace(path: "o", isThere: true, nearest: "o", kind: "ext4", freeByteCount: free, freeFileCount: files))
        }
        #expect(place(1 << 40).verdict == .ok && place(nil).verdict == .ok)
        #expect(place(1 << 20).verdict == .warning && place(1 << 40, 10).verdict == .warning)
        #expect(
            Diagnosis.files(limit: nil, wanted: 8).verdict == .ok && Diagnosis.files(limit: 1 << 16, wanted: 8).verdict == .ok)
        #expect(Diagnosis.files(limit: 20, wanted: 8).verdict == .failed)
    }

    @Test("What ignores ranges, or names no generation, is told")
    func ranges() {
        func read(_ status: Int?, _ generation: Bool = true) -> Diagnosis {
            .read(100, status: status, namesGeneration: generation, isPinned: generation, isVerified: true, seconds: 1)
        }
        #expect(read(206).verdict == .ok && read(nil).verdict == .ok)
        #expect(read(200).verdict == .warning && read(206, false).verdict == .warning)
    }

    @Test("What each check needs comes before it")
    func order() {
        let order = Check.allCases
        for check in order {
            for need in check.needs {
                #expect((order.firstIndex(of: need) ?? .max) < (order.firstIndex(of: check) ?? .min), "\(check) needs \(need)")
            }
        }
    }

    @Test("The exit code is that of the first check that failed")
    func status() {
        var report = DoctorReport(isJSON: false, isQuiet: true)
        report.add(.ok(.source, "x"))
        #expect(report.status == .success)
        report.add(.warning(.dns, "x", "y"))
        #expect(report.status == .success)
    }

    @Test("On a terminal what is said stands below itself, no line is wider, and no word is lost or broken", arguments: 30...130)
    func wrapping(columnCount: Int) {
        let address = "gs://bucket/dicomweb/studies/2.25.152254061260413818405787905508358932914/series/"
        var diagnosis = Diagnosis.warning(
            .listing, "The token was refused for \(address): it is wrong.", "Get a new link, and run the same command again.")
        let lines = DoctorReport.lines(of: diagnosis, columnCount: columnCount)
        #expect(lines.first?.hasPrefix("warning  listing        The") == true)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(String(repeating: " ", count: 24)) && !$0.hasSuffix(" ") })
        #expect(lines.allSatisfy { $0.count <= columnCount || $0.split(separator: " ").count == 1 }, "\(lines)")
        let words = lines.flatMap { $0.split(separator: " ") }.dropFirst(2)
        #expect(words.joined(separator: " ") == "\(diagnosis.message) → \(diagnosis.recovery ?? "")")
        #expect(DoctorReport.lines(of: diagnosis).count == 2)
        diagnosis.recovery = nil
        #expect(DoctorReport.lines(of: diagnosis, columnCount: 200).count == 1)
    }
}
