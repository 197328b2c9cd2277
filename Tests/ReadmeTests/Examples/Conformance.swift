import CodTesting
import Testing

// begin
@Suite("My stages keep the rules")
struct ConformanceTests {
    @Test("The sink publishes what is whole, and nothing else")
    func sink() async throws {
        // It has no inventory, so it is not asked what it holds.
        let checks = SinkConformance<MemorySink>.Check.allCases.filter { $0 != .tellsWhatItHolds }
        try await SinkConformance(checks) {
            MemorySink()
        } readBack: { sink, instance in
            sink.bytes(of: instance)
        }.run()
    }

    @Test("The decoder finds the same however its bytes are cut")
    func decoder() throws {
        let archive = Array("a.dcm 3\nabcb.dcm 0\nc.dcm 12\nhello, world".utf8)
        try DecoderVerifier().verify(archive) { LinesDecoder() }
    }
}
// end
