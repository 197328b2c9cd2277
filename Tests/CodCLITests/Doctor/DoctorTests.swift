import CodCore
import CodTesting
import Foundation
import Testing

@Suite("cod doctor looks at everything a download needs, and ends with the code of the first thing that failed")
struct DoctorTests {
    /// What a run of it printed with `--json`: a verdict a check, and the whole line.
    struct Findings {
        let verdicts: [String: String]
        let lines: [String: [String: Any]]
        let total: [String: Any]

        init(_ run: CommandRun) throws {
            let objects = try run.objects()
            let checks = objects.filter { $0["event"] as? String == "check" }
            lines = Dictionary(checks.map { ($0["check"] as? String ?? "", $0) }) { one, _ in one }
            verdicts = lines.compactMapValues { $0["verdict"] as? String }
            total = objects.last ?? [:]
            #expect(objects.first?["schema"] as? Int == 1 && total["event"] as? String == "complete")
            #expect(checks.count == lines.count)
            #expect(total["failed"] as? Int == verdicts.values.filter { $0 == "failed" }.count)
        }

        func message(_ check: String) -> String {
            "\(lines[check]?["message"] as? String ?? "") \(lines[check]?["recovery"] as? String ?? "")"
        }

        func number(_ check: String, _ name: String) -> Double? {
            (lines[check]?["measures"] as? [String: Any])?[name] as? Double
        }

        /// The checks of a verdict, in order of their names.
        func checks(_ verdict: String) -> [String] { verdicts.filter { $0.value == verdict }.keys.sorted() }
    }

    static func doctor(
        _ store: ServedStore, source: String? = nil, _ more: String..., output: String = "out",
        environment: [String: String] = [:]
    ) async throws -> CommandRun {
        try await CommandRun.cod(
            ["doctor", source ?? store.link, "--endpoint", store.endpoint, "-o", store.scratch.path(output)] + more,
            environment: environment)
    }

    @Test("A healthy store: every check is well, with numbers; nothing is left on the disk")
    func healthy() async throws {
        try await ServedStore.with { store in
            let run = try await Self.doctor(store, store.study, "--json")
            run.expect(0)
            let findings = try Findings(run)
            #expect(findings.verdicts.count == 16 && findings.checks("failed").isEmpty && findings.checks("skipped").isEmpty)
            #expect(findings.message("read").contains("crc32c is right"))
            for check in ["listing", "metadata", "read"] { #expect((findings.number(check, "seconds") ?? -1) >= 0) }
            for check in ["oneStream", "eightStreams", "disk"] {
                #expect((findings.number(check, "bytesPerSecond") ?? 0) > 0, "\(check)")
            }
            #expect(abs(findings.number("clock", "skewSeconds") ?? 99) < 60)
            let names = try FileManager.default.contentsOfDirectory(atPath: store.scratch.root)
            #expect(names.sorted() == ["store"], "It left something.")
            // Asked once without a token, which is how the clock is read; all else carries it.
            let bare = store.server.log.filter { $0.token == nil }
            #expect(bare.count == 1 && bare.allSatisfy { !$0.isArchiveRead })

            let text = try await Self.doctor(store)
            text.expect(0)
            #expect(text.output.contains("ok       listing") && text.output.hasSuffix("\n") && text.errors.isEmpty)
            let quiet = try await Self.doctor(store, "-q")
            quiet.expect(0)
            #expect(quiet.output.isEmpty)
        }
    }

    @Test("A folder: what concerns only a bucket is not looked at")
    func folder() async throws {
        try await ServedStore.with { store in
            let run = try await Self.doctor(store, source: store.folder, "--json")
            run.expect(0)
            let findings = try Findings(run)
            #expect(
                findings.verdicts.keys.sorted() == [
                    "disk", "eightStreams", "files", "listing", "metadata", "oneStream", "output", "read", "source",
                ])
            let missing = try await Self.doctor(store, source: store.folder, "9.9")
            missing.expect(66)
            #expect(missing.output.contains("The study 9.9 is not in the store"))
        }
    }

    @Test("77: a token that is wrong, or missing, or has ended by its own word; the disk is looked at all the same")
    func credentials() async throws {
        try await ServedStore.with { store in
            let source = "gs://test-bucket/dicomweb"
            let claims = Data(#"{"exp": 1000000000}"#.utf8).base64EncodedString().replacing("=", with: "")
            for (environment, check, word) in [
                (["COD_TOKEN": "wrong"], "listing", "refused"), ([:], "listing", "needs credentials"),
                (["COD_TOKEN": "e30.\(claims).c2ln"], "credentials", "the token ended"),
                (["COD_TOKEN_FILE": "/nonexistent/file"], "credentials", "/nonexistent/file"),
            ] {
                let run = try await Self.doctor(store, source: source, "--json", environment: environment)
                run.expect(77)
                let findings = try Findings(run)
                #expect(findings.checks("failed") == [check] && findings.message(check).contains(word), "\(run.output)")
                #expect(findings.verdicts["read"] == "skipped" && findings.verdicts["disk"] == "ok")
                if let token = environment["COD_TOKEN"], token != "wrong" { #expect(!run.everything.contains(token)) }
            }
        }
    }

    @Test("66, 1: a study, or a bucket, that is not there is named; 64: a source that is none")
    func missing() async throws {
        try await ServedStore.with { store in
            let study = try await Self.doctor(store, store.study, "9.9")
            study.expect(66)
            #expect(study.output.contains("9.9 is not in the store"))
            let bucket = try await Self.doctor(store, source: "https://p.example/other?token=\(ServedStore.token)")
            bucket.expect(1)
            #expect(bucket.output.contains("gs://other") && bucket.output.contains("is not there"))
            let source = try await Self.doctor(store, source: "ftp://x/y", "--json")
            source.expect(64)
            #expect(try Findings(source).verdicts["endpoint"] == "skipped")
            let empty = try await Self.doctor(store, source: "https://p.example/test-bucket/empty?token=\(ServedStore.token)")
            empty.expect(66)
            #expect(empty.output.contains("holds no study"))
        }
    }

    @Test("69: nobody listens; the phase is named, and what needs it is skipped")
    func refused() async throws {
        let scratch = try Scratch()
        let run = try await CommandRun.cod([
            "doctor", "https://p.example/b?token=\(ServedStore.token)", "--endpoint", "http://127.0.0.1:1", "-o",
            scratch.path("out"), "--json",
        ])
        run.expect(69)
        let findings = try Findings(run)
        #expect(findings.checks("failed") == ["connection"] && findings.message("connection").contains("refused"))
        #expect(findings.checks("skipped").count == 8)
    }

    @Test("TLS: an authority of its own is named without --ca-cert, and told with it")
    func tls() async throws {
        let authority = try TestAuthority(name: "Inspecting proxy")
        try await ServedStore.with(identity: authority.identity()) { store in
            try authority.certificate.write(toFile: store.scratch.path("ca.pem"), atomically: true, encoding: .utf8)
            let distrusted = try await Self.doctor(store, "--json")
            distrusted.expect(69)
            var findings = try Findings(distrusted)
            #expect(findings.checks("failed") == ["tls"])
            for word in ["not trusted", "Inspecting proxy", "--ca-cert"] {
                #expect(findings.message("tls").contains(word), "\(word)")
            }
            let trusted = try await Self.doctor(store, "--json", "--ca-cert", store.scratch.path("ca.pem"))
            trusted.expect(0)
            findings = try Findings(trusted)
            for word in ["TLS 1.3", "Inspecting proxy", "--ca-cert alone"] {
                #expect(findings.message("tls").contains(word), "\(findings.message("tls"))")
            }
            #expect((findings.number("tls", "daysLeft") ?? 0) > 20)
        }
        try await ServedStore.with(identity: authority.identity(lifetime: .over)) { store in
            try authority.certificate.write(toFile: store.scratch.path("ca.pem"), atomically: true, encoding: .utf8)
            let run = try await Self.doctor(store, "--ca-cert", store.scratch.path("ca.pem"))
            run.expect(69)
            #expect(run.output.contains("expired on"))
        }
    }

    @Test("A proxy: named with its variable, and looked through; one that is not there fails as itself")
    func proxy() async throws {
        try await WireFaultTests.Hidden.with { hidden in
            func look(_ variable: String) async throws -> CommandRun {
                try await CommandRun.cod(
                    [
                        "doctor", hidden.store.link, "--endpoint", "https://\(WireFaultTests.host)", "--ca-cert",
                        hidden.store.scratch.path("ca.pem"), "-o", hidden.store.scratch.path("out"), "--json",
                    ], environment: ["HTTPS_PROXY": variable])
            }
            let run = try await look(hidden.proxy.address)
            run.expect(0)
            let findings = try Findings(run)
            #expect(findings.message("proxy").contains("which HTTPS_PROXY names"))
            #expect(findings.message("tls").contains("TLS 1.3"))
            let dead = try await look("http://reader:\(WireFaultTests.encodedPassword)@127.0.0.1:1")
            WireFaultTests.expect(dead, 69)
            #expect(try Findings(dead).message("connection").contains("the proxy 127.0.0.1:1"))
        }
    }

    @Test("73: an output that cannot be written; the store is looked at all the same")
    func output() async throws {
        try await ServedStore.with { store in
            try Data().write(to: URL(fileURLWithPath: store.scratch.path("file")))
            let run = try await Self.doctor(store, "--json", output: "file")
            run.expect(73)
            let findings = try Findings(run)
            #expect(findings.checks("failed") == ["output"] && findings.checks("skipped") == ["disk"])
            #expect(findings.verdicts["read"] == "ok")
            try FileManager.default.removeItem(atPath: store.scratch.path("file"))
        }
    }

    @Test("A damaged instance fails the read by name; what follows is skipped")
    func damaged() async throws {
        try await ServedStore.with(seriesCount: 1, instancesPerSeries: 1) { store in
            let file = "\(store.written.writer.folder)/\(store.written.series[0].archiveName)"
            let handle = try #require(FileHandle(forUpdatingAtPath: file))
            let instance = store.written.series[0].instances[0]
            try handle.seek(toOffset: UInt64(instance.byteOffset ?? 0) + 200)
            try handle.write(contentsOf: Data("damage".utf8))
            try handle.close()
            let run = try await Self.doctor(store, source: store.folder, store.study, "--json")
            #expect(run.exitCode == 0 || run.exitCode == 1)
            let findings = try Findings(run)
            // The study has another series, a cine, which may be the one that is looked at.
            if run.exitCode == 1 {
                #expect(findings.checks("failed") == ["read"] && findings.message("read").contains("crc32c"))
            }
        }
    }

    @Test("A store that ignores ranges, and one whose bytes stand still, are told as such")
    func rangesAndStalls() async throws {
        try await ServedStore.with { store in
            store.server.script(matching: .object(suffix: ".tar"), faults: [], thenAlways: .ignoreRange)
            let ignoring = try await Self.doctor(store, "--json")
            ignoring.expect(0)
            #expect(try Findings(ignoring).verdicts["read"] == "warning")
            store.server.clearScripts()
            let gate = LoopbackStore.Gate()
            store.server.script(matching: .object(suffix: ".tar"), faults: [], thenAlways: .stall(afterByteCount: 0, until: gate))
            // Long enough for what is asked before the read, on a busy machine.
            let stalling = try await Self.doctor(store, "--json", "--timeout", "10")
            #expect(stalling.exitCode == 1)
            let findings = try Findings(stalling)
            #expect(findings.checks("failed") == ["read"] && findings.checks("skipped") == ["eightStreams", "oneStream"])
            gate.open()
        }
    }

    @Test("SIGINT ends it with 130 wherever it is, and leaves nothing behind", .timeLimit(.minutes(5)))
    func interrupted() async throws {
        try await ServedStore.with { store in
            let gate = LoopbackStore.Gate()
            store.server.script(matching: .object(suffix: ".tar"), faults: [], thenAlways: .stall(afterByteCount: 0, until: gate))
            let (run, _) = try await CommandRun.cod(
                ["doctor", store.link, "--endpoint", store.endpoint, "-o", store.scratch.path("out")], stoppedBy: SIGINT
            ) { await gate.arrival() }
            run.expect(130)
            #expect(!run.output.contains("FAILED"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: store.scratch.root) == ["store"])
            gate.open()
        }
    }
}
