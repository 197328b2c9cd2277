#if os(Linux)
    import CodCore
    import CodTesting
    import Foundation
    import Testing

    @Suite("Ctrl-Z stops a run in order, and it goes on as if nothing had been", .timeLimit(.minutes(3)))
    struct SuspensionTests {
        /// The state of a process, as the system names it: `T` is stopped.
        private static func state(of process: Int32) -> Character? {
            guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
            return text.split(separator: ")").last?.first { $0 != " " }
        }

        private static func parent(of process: Int32) -> Int32? {
            guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
            return text.split(separator: ")").last.flatMap { Int32($0.split(separator: " ")[1]) }
        }

        /// Looks until a process is in a state, or gone.
        private static func reaches(_ state: Character, _ process: Int32) async -> Bool {
            while let current = Self.state(of: process) {
                if current == state { return true }
                try? await Task.sleep(for: .milliseconds(2))
            }
            return false
        }

        @Test(
            "A connection that broke while the process was stopped is no failure, even where none is allowed",
            arguments: [true, false])
        func resumes(isStopped: Bool) async throws {
            try await ServedStore.with(instancesPerSeries: 8) { store in
                let series = store.written.series[1]
                let half = series.archiveByteCount / 2
                let gate = LoopbackStore.Gate()
                store.server.script(
                    matching: .object(name: series.archiveName),
                    faults: [.all([.stall(afterByteCount: half, until: gate), .close(afterByteCount: half + 100)])])
                let arguments = [
                    "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint,
                    "--retries",
                    "0",
                ]
                let (processes, started) = AsyncStream<Int32>.makeStream()
                async let ending = CommandRun.run(CommandRun.binary, arguments) { started.yield($0.processIdentifier) }
                let process = try #require(await processes.first { _ in true })
                await gate.arrival()
                if isStopped {
                    kill(process, SIGTSTP)
                    #expect(await Self.reaches("T", process))
                }
                gate.open()
                if isStopped { kill(process, SIGCONT) }
                let run = try await ending
                #expect(run.exitCode == (isStopped ? 0 : 1), "\(run.errors)")
                #expect(!run.everything.contains("Paused"))
                if isStopped { #expect(try store.scratch.files(in: "out") == store.files()) }
            }
        }

        @Test("On a terminal the display goes before the process stops, and comes again", .enabled(if: Terminal.isPossible))
        func display() async throws {
            try await ServedStore.with(instancesPerSeries: 8) { store in
                let gate = LoopbackStore.Gate()
                let series = store.written.series[1]
                store.server.script(
                    matching: .object(name: series.archiveName),
                    faults: [
                        .all([
                            .stall(afterByteCount: series.archiveByteCount / 2, until: gate), .throttle(bytesPerSecond: 30_000),
                        ])
                    ])
                let pid = store.scratch.path("pid")
                let arguments = [
                    "download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint,
                ]
                async let ending = Terminal.cod(arguments, columns: 80, pidFile: pid)
                await gate.arrival()
                let process = try #require(
                    Int32(String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
                kill(process, SIGTSTP)
                #expect(await Self.reaches("T", process))
                // Whoever made the terminal stops with it.
                let parent = try #require(Self.parent(of: process))
                #expect(await Self.reaches("T", parent))
                kill(parent, SIGCONT)
                kill(process, SIGCONT)
                gate.open()
                let terminal = try await ending
                #expect(terminal.run.exitCode == 0, "\(terminal.run.output)")
                let paused = try #require(terminal.screen.firstIndex { $0.contains("Paused") })
                #expect(terminal.screen[paused] == "cod: Paused; fg or bg goes on.")
                #expect(
                    terminal.screen.last?.isEmpty == true && terminal.screen.dropLast().last?.hasSuffix("all verified.") == true)
                #expect(try store.scratch.files(in: "out") == store.files())
            }
        }

        @Test("A process whose starter ignores the signal does not stop")
        func ignored() async throws {
            try await ServedStore.with { store in
                let gate = LoopbackStore.Gate()
                store.server.script(
                    matching: .object(name: store.written.series[0].archiveName), faults: [.stallBeforeHead(until: gate)])
                let pid = store.scratch.path("pid")
                let command =
                    "trap '' TSTP; echo $$ > '\(pid)'; exec '\(CommandRun.binary)' download '\(store.folder)' -o '\(store.scratch.path("o"))' "
                    + "--endpoint \(store.endpoint)"
                async let ending = CommandRun.run(
                    "/bin/sh", ["-c", command.replacing(store.folder, with: store.link)])
                await gate.arrival()
                let process = try #require(
                    Int32(String(contentsOfFile: pid, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
                kill(process, SIGTSTP)
                gate.open()
                #expect(try await ending.exitCode == 0)
            }
        }
    }
#endif
