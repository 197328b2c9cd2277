import Testing

@testable import CodCore

@Suite("What every fetcher does by default")
struct FetcherTests {
    private let bytes: [UInt8] = (0..<100).map { UInt8($0) }

    private func fetch(_ openings: [MemoryFetcher.Opening]) async -> (bytes: [UInt8], fetcher: MemoryFetcher, error: CodError?) {
        let fetcher = MemoryFetcher(objects: ["series.tar": bytes], openings: openings)
        let context = StageContext(
            logger: StageContext().logger, meter: .ignoring, retry: RetryPolicy(), timing: .immediate)
        var received: [UInt8] = []
        do {
            let stream = try await fetcher.run(.example(byteRange: 0..<100), in: context)
            for try await chunk in stream { received += chunk.bytes }
            return (received, fetcher, nil)
        } catch {
            return (received, fetcher, error as? CodError)
        }
    }

    @Test("A stream opens once, when it is read")
    func once() async {
        let result = await fetch([])
        #expect(result.bytes == bytes)
        #expect(result.fetcher.opened == ["series.tar@0"])
    }

    @Test("Breaks, and bodies that end too early, go on where they broke off; nobody below notices")
    func goesOn() async {
        let result = await fetch([.breaks(after: 14), .ends(after: 21), .fails(CodError(.unreachable, "", transience: .stale))])
        #expect(result.bytes == bytes)
        #expect(result.error == nil)
        #expect(result.fetcher.opened == [0, 14, 35, 35].map { "series.tar@\($0)" })
    }

    @Test("How often the store asked for less is counted, and how many bytes came")
    func traffic() async throws {
        let busy = CodError(.requestFailed, "503.", transience: .transient, cause: StoreIsBusy())
        let broken = CodError(.requestFailed, "500.", transience: .transient)
        let fetcher = MemoryFetcher(
            objects: ["series.tar": bytes], openings: [.fails(busy), .fails(broken), .breaks(after: 14), .fails(busy)])
        let meter = SeriesMeter { _ in }
        let context = StageContext(
            logger: StageContext().logger, meter: meter, retry: RetryPolicy(), timing: .immediate)
        for try await _ in try await fetcher.run(.example(byteRange: 0..<100), in: context) {}
        #expect(meter.traffic == Traffic(byteCount: 100, slowDownCount: 2, retryCount: 4))
    }

    @Test("A final error ends it at once")
    func finalError() async {
        let result = await fetch([.breaks(after: 7), .fails(CodError(.objectChanged, "It changed."))])
        #expect(result.bytes == Array(bytes.prefix(7)))
        #expect(result.error?.code == .objectChanged)
        #expect(result.error?.series == "series")
        #expect(result.fetcher.opened.count == 2)
    }

    @Test("It gives up after ten failures without progress")
    func givesUp() async {
        let result = await fetch(Array(repeating: .fails(CodError(.unreachable, "No way.", transience: .transient)), count: 50))
        #expect(result.error?.code == .unreachable)
        #expect(result.fetcher.opened.count == 10)
    }

    @Test("A link that is down for a while, after bytes have come, does not end it")
    func outage() async {
        let down = Array(
            repeating: MemoryFetcher.Opening.fails(CodError(.unreachable, "Down.", transience: .transient)), count: 30)
        let result = await fetch([.breaks(after: 14)] + down)
        #expect(result.bytes == bytes && result.error == nil)
        #expect(result.fetcher.opened.count == 32)
    }

    @Test("More bytes than were asked for are an error")
    func tooMany() async throws {
        let fetcher = MemoryFetcher(objects: ["series.tar": bytes])
        let stream = try await fetcher.run(.example(byteRange: 0..<50), in: StageContext())
        let error = await #expect(throws: CodError.self) { try await stream.collected() }
        #expect(error?.code == .protocolViolation)
    }
}

extension SeriesMeter {
    fileprivate static var ignoring: SeriesMeter { SeriesMeter { _ in } }
}
