import CodCore
import CodFilter
import Testing

@Suite("The instance filter")
struct InstanceFilterTests {
    private let stream = InstanceStream.example([("a", 10), ("empty", 0), ("b", 2000), ("c", 300)])

    private func summaries(of filter: InstanceFilter) async throws -> [String] {
        try await filter.run(stream, in: StageContext()).summaries()
    }

    @Test("keeps what a closure answers true for, whole, and leaves the rest out in silence")
    func keeping() async throws {
        #expect(try await summaries(of: InstanceFilter { $0.uid > "a" }) == ["empty", "b", "c"])
        #expect(try await summaries(of: InstanceFilter { _ in true }) == ["a", "empty", "b", "c"])
        #expect(try await summaries(of: InstanceFilter { _ in false }) == [])
    }

    @Test("keeps identifiers")
    func uids() async throws {
        #expect(try await summaries(of: InstanceFilter(keepingUIDs: ["c", "a", "nowhere"])) == ["a", "c"])
    }

    @Test("keeps sizes of any kind of range")
    func byteCounts() async throws {
        #expect(try await summaries(of: InstanceFilter(keepingByteCounts: 10...300)) == ["a", "c"])
        #expect(try await summaries(of: InstanceFilter(keepingByteCounts: ..<300)) == ["a", "empty"])
        #expect(try await summaries(of: InstanceFilter(keepingByteCounts: 301...)) == ["b"])
    }

    @Test("refuses by name, and what it does not refuse comes whole")
    func refusing() async throws {
        let filter = InstanceFilter(refusing: "it is larger than 100 bytes") { $0.byteCount > 100 }
        #expect(try await summaries(of: filter) == ["a", "empty", "refused b", "refused c"])
        for try await event in try await filter.run(stream, in: StageContext()) {
            guard case .failed(let error) = event else { continue }
            #expect(error.message.contains("it is larger than 100 bytes"))
            #expect(error.reach == .instance)
            #expect(error.series == "1.2.3")
            #expect(error.recovery != nil)
        }
    }
}
