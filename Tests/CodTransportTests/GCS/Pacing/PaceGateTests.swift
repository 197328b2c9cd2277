import CodCore
import Logging
import Testing

@testable import CodTransport

@Suite("The gate in front of a bucket", .timeLimit(.minutes(5)))
struct PaceGateTests {
    private let clock = HeldClock()

    /// A gate for so many connections; with one it lets nine requests through at a time.
    private func gate(_ connectionCount: Int = 1, retries: Int = 10) -> PaceGate {
        var options = GCSOptions()
        options.connectionCount = connectionCount
        options.timing = clock.timing
        options.retry.maximumFailureCount = retries
        options.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return PaceGate(options)
    }

    private func subject(_ name: String = "gs://b/o") -> RequestSubject { RequestSubject(kind: .object, displayName: name) }

    private func permits(_ count: Int, from gate: PaceGate) async throws -> [Permit] {
        var permits: [Permit] = []
        for _ in 0..<count { permits.append(try await gate.permit(about: subject())) }
        return permits
    }

    @Test(
        "As many requests begin at once as there are connections and a catalog's requests, and as many as plan",
        arguments: [(1, 9), (2, 10), (3, 12), (8, 32), (100, 108)])
    func ceiling(connectionCount: Int, count: Int) async throws {
        let gate = gate(connectionCount)
        let held = try await permits(count, from: gate)
        let next = Task { try await gate.permit(about: subject()) }
        held[7].end()
        _ = try await next.value
        withExtendedLifetime(held) {}
    }

    @Test("Letting go of a permit makes room as an end does")
    func deinitialization() async throws {
        let gate = gate()
        var held = try await permits(9, from: gate)
        let next = Task { try await gate.permit(about: subject()) }
        held.removeLast()
        _ = try await next.value
    }

    @Test("Who comes first goes first, however often somebody in the line gives up")
    func order() async throws {
        let gate = gate()
        var held = try await permits(9, from: gate)
        let (entered, enter) = AsyncStream<Int>.makeStream()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<6 {
            tasks.append(
                Task {
                    let permit = try await gate.permit(about: subject("\(number)"))
                    enter.yield(number)
                    permit.end()
                })
            // It is in the line before the next one comes.
            while gate.waitingCount < number + 1 { await Task.yield() }
        }
        tasks[0].cancel()
        tasks[3].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        await #expect(throws: CancellationError.self) { try await tasks[3].value }
        held.removeLast()
        var order: [Int] = []
        for await number in entered {
            order.append(number)
            if order.count == 4 { break }
        }
        #expect(order == [1, 2, 4, 5])
        for task in tasks { _ = await task.result }
        #expect(gate.waitingCount == 0)
    }

    @Test("A task that is cancelled already gets no permit")
    func cancelledBefore() async throws {
        let gate = gate()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await gate.permit(about: subject())
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(gate.waitingCount == 0)
    }

    @Test("After 503 half as many begin; time brings one back to whoever waits, without anything ending")
    func throttled() async throws {
        let gate = gate()
        var held = try await permits(8, from: gate)
        held[0].refused(with: 503)
        held.removeFirst(5)
        // Half of eight were left; three are under way.
        held += try await permits(1, from: gate)
        let next = Task { try await gate.permit(about: subject()) }
        for await duration in clock.sleeps {
            #expect(duration == .seconds(30))
            break
        }
        clock.advance(by: .seconds(30))
        _ = try await next.value
        withExtendedLifetime(held) {}
    }

    @Test("A store that fails whatever is asked is left alone for 60 s, then asked once")
    func breaker() async throws {
        let gate = gate()
        for number in 0..<20 {
            let permit = try await gate.permit(about: subject("\(number)"))
            permit.end(with: CodError(.timedOut, "", transience: .transient))
        }
        let first = Task { try await gate.permit(about: subject()) }
        for await duration in clock.sleeps {
            #expect(duration == .seconds(60))
            break
        }
        let second = Task { try await gate.permit(about: subject()) }
        clock.advance(by: .seconds(60))
        let probe = try await first.value
        while gate.waitingCount < 1 { await Task.yield() }
        probe.received()
        _ = try await second.value
        withExtendedLifetime(probe) {}
    }

    @Test("Waiting for a store that fails ends with a cancellation at once")
    func cancelledPause() async throws {
        let gate = gate()
        for number in 0..<20 { try await gate.permit(about: subject("\(number)")).refused(with: 500) }
        let task = Task { try await gate.permit(about: subject()) }
        for await _ in clock.sleeps { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("Whoever waits for a store that has failed for a quarter of an hour hears so, with the last failure")
    func hopeless() async throws {
        let gate = gate()
        for number in 0..<20 { try await gate.permit(about: subject("\(number)")).refused(with: 500) }
        let waiting = (0..<3).map { _ in
            Task {
                // Whoever is let through probes.
                try await gate.permit(about: subject()).end(with: CodError(.timedOut, "Nothing.", transience: .transient))
            }
        }
        while gate.waitingCount < 3 { await Task.yield() }
        for await _ in clock.sleeps { break }
        clock.advance(by: .seconds(900))
        var errors: [CodError] = []
        for task in waiting {
            if let error = await failure({ try await task.value }) { errors.append(error) }
        }
        #expect(errors.count == 2)
        #expect(errors.allSatisfy { $0.code == .timedOut && $0.reach == .series && $0.transience == .final })
        #expect(errors.allSatisfy { $0.message.contains("900 seconds") && $0.message.contains("Nothing.") })
        #expect(errors.allSatisfy { $0.recovery?.contains("same command again") == true })
    }

    @Test("Who tries once only does not wait for a store that fails either")
    func tryingOnce() async throws {
        let gate = gate(retries: 1)
        for number in 0..<100 { try await gate.permit(about: subject("\(number)")).refused(with: 500) }
    }
}
