import CodTesting
import Foundation
import Testing

@Suite("On a terminal one line at the bottom is redrawn; elsewhere lines are plain")
struct TerminalTests {
    /// Slow enough for the display to be seen: some 22 kB an archive.
    private static func slowDown(_ store: ServedStore, bytesPerSecond: Int64 = 30_000) {
        store.server.rules.bytesPerSecond = bytesPerSecond
    }

    private static func arguments(_ store: ServedStore, _ more: String...) -> [String] {
        ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint] + more
    }

    @Test("Without a terminal a plain line comes every few seconds, and nothing that only a terminal understands")
    func plain() async throws {
        try await ServedStore.with(seriesCount: 1) { store in
            Self.slowDown(store, bytesPerSecond: 5_500)
            let run = try await CommandRun.cod(Self.arguments(store))
            run.expect(0, naming: "all verified")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.contains { $0.wholeMatch(of: #/cod: [0-2]/2 series  .* of .*/s  .* left/#) != nil }, "\(run.errors)")
            #expect(run.output.isEmpty && lines.count < 6)
        }
    }

    @Test(
        "No state of the display is wider than the terminal, and it goes when it is over", .enabled(if: Terminal.isPossible),
        arguments: [80, 30])
    func width(columns: Int) async throws {
        try await ServedStore.with { store in
            Self.slowDown(store)
            let terminal = try await Terminal.cod(Self.arguments(store), columns: columns)
            #expect(terminal.run.exitCode == 0, "\(terminal.run.output)")
            #expect(terminal.statusLines.count > 2)
            #expect(terminal.statusLines.allSatisfy { $0.count < columns }, "\(terminal.statusLines)")
            #expect(terminal.statusLines.allSatisfy { $0.contains("/4 series") })
            if columns == 80 { #expect(terminal.statusLines.allSatisfy { $0.contains("%") && $0.contains("of") }) }
            #expect(terminal.screen.count == 2 && terminal.screen[1].isEmpty, "\(terminal.screen)")
            #expect(terminal.screen[0].hasPrefix("Saved 13 instances") && terminal.screen[0].hasSuffix("all verified."))
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("What is told in between stands whole above the display", .enabled(if: Terminal.isPossible), arguments: [false, true])
    func messages(isJSON: Bool) async throws {
        try await ServedStore.with { store in
            Self.slowDown(store)
            let bad = store.written.series[1]
            store.server.script(
                matching: .object(name: bad.archiveName), faults: [],
                thenAlways: .all([.latency(.milliseconds(400)), .status(403)]))
            let terminal = try await Terminal.cod(Self.arguments(store) + (isJSON ? ["--json"] : []), columns: 80)
            #expect(terminal.run.exitCode == 1 && !terminal.statusLines.isEmpty)
            let messages = terminal.screen.filter { !$0.hasPrefix("{") }
            #expect(messages.first?.hasPrefix("cod: \(bad.id): Access to") == true, "\(terminal.screen)")
            #expect(messages.last?.isEmpty == true && !messages.contains { $0.contains("%") || $0.contains("░") })
            let events = try terminal.screen.filter { $0.hasPrefix("{") }.map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            #expect(events.isEmpty == !isJSON)
            if isJSON { #expect(events.last??["event"] as? String == "complete") }
            #expect(!terminal.run.output.contains(ServedStore.token))
        }
    }

    @Test("NO_COLOR is honoured", .enabled(if: Terminal.isPossible))
    func noColor() async throws {
        try await ServedStore.with { store in
            Self.slowDown(store)
            let terminal = try await Terminal.cod(Self.arguments(store), columns: 80, environment: ["NO_COLOR": "1"])
            #expect(terminal.run.exitCode == 0 && !terminal.statusLines.isEmpty)
            #expect(!terminal.run.output.contains(#/\u{1B}\[[0-9;]*m/#))
        }
    }

    @Test("A dumb terminal and -q get no display", .enabled(if: Terminal.isPossible), arguments: [true, false])
    func withoutDisplay(isDumb: Bool) async throws {
        try await ServedStore.with { store in
            Self.slowDown(store)
            let terminal = try await Terminal.cod(
                Self.arguments(store) + (isDumb ? [] : ["-q"]), columns: 80, environment: isDumb ? ["TERM": "dumb"] : [:])
            #expect(terminal.run.exitCode == 0 && !terminal.run.output.contains("\u{1B}"))
            #expect(terminal.statusLines.isEmpty)
            // Where a run takes long, a dumb terminal gets a plain line every few seconds, as a file does.
            #expect(isDumb ? terminal.screen.count >= 2 : terminal.screen.count == 1, "\(terminal.screen)")
        }
    }

    @Test(
        "The folder is asked for on a terminal; an empty answer is the current one", .enabled(if: Terminal.isPossible),
        arguments: ["picked", "a b/c", ""])
    func prompt(answer: String) async throws {
        try await ServedStore.with { store in
            let folder = store.scratch.path("here")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let terminal = try await Terminal.cod(
                ["download", store.link, store.study, "--endpoint", store.endpoint], columns: 80, input: "\(answer)\n",
                folder: folder)
            #expect(terminal.run.exitCode == 0 && terminal.run.output.contains("Folder to save to [.]: "))
            #expect(try store.scratch.files(in: answer.isEmpty ? "here" : "here/\(answer)") == store.files())
        }
    }

    @Test("Without a terminal nobody is asked: it is the current folder")
    func currentFolder() async throws {
        try await ServedStore.with { store in
            let folder = store.scratch.path("here")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let run = try await CommandRun.cod(
                ["download", store.link, store.study, "--endpoint", store.endpoint], input: "elsewhere\n", folder: folder)
            run.expect(0, naming: " to . in ")
            #expect(try store.scratch.files(in: "here") == store.files())
        }
    }
}
