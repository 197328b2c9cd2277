import AsyncHTTPClient
import CodCore
import NIOCore
import NIOHTTP1
import Testing

@testable import CodTransport

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Failures of connections")
struct ConnectionErrorTests {
    private func error(_ error: any Error, _ phase: ConnectionPhase) -> any Error {
        CodError.connection(
            error, in: phase, to: HTTPAddress.Origin(isSecure: true, host: "h", port: 8443),
            about: RequestSubject(kind: .object, displayName: "gs://b/o", series: SeriesID(study: "1", series: "2")),
            patience: .seconds(30))
    }

    struct Case: CustomTestStringConvertible {
        let error: any Error
        let phase: ConnectionPhase
        let code: CodError.Code
        let reach: CodError.Reach
        let transience: CodError.Transience

        init(
            _ error: any Error, _ phase: ConnectionPhase, _ code: CodError.Code, _ reach: CodError.Reach,
            _ transience: CodError.Transience
        ) {
            self.error = error
            self.phase = phase
            self.code = code
            self.reach = reach
            self.transience = transience
        }

        var testDescription: String { "\(error) \(phase)" }
    }

    private static func errno(_ code: CInt) -> IOError { IOError(errnoCode: code, reason: "test") }

    static let cases: [Case] = [
        Case(errno(ECONNREFUSED), .beforeHead, .unreachable, .job, .transient),
        Case(errno(ENETUNREACH), .beforeHead, .unreachable, .job, .transient),
        Case(errno(ETIMEDOUT), .beforeHead, .unreachable, .job, .transient),
        Case(errno(ETIMEDOUT), .inBody, .truncated, .series, .transient),
        Case(errno(EMFILE), .beforeHead, .requestFailed, .series, .transient),
        Case(errno(ENFILE), .inBody, .requestFailed, .series, .transient),
        Case(errno(ECONNRESET), .beforeHead, .requestFailed, .series, .stale),
        Case(errno(ECONNRESET), .inBody, .truncated, .series, .transient),
        Case(errno(EPIPE), .beforeHead, .requestFailed, .series, .stale),
        Case(HTTPClientError.remoteConnectionClosed, .beforeHead, .requestFailed, .series, .stale),
        Case(HTTPClientError.remoteConnectionClosed, .inBody, .truncated, .series, .transient),
        Case(HTTPClientError.readTimeout, .beforeHead, .timedOut, .series, .transient),
        Case(HTTPClientError.readTimeout, .inBody, .timedOut, .series, .transient),
        Case(HTTPClientError.connectTimeout, .beforeHead, .unreachable, .job, .transient),
        Case(HTTPClientError.tlsHandshakeTimeout, .beforeHead, .unreachable, .job, .transient),
        Case(HTTPClientError.proxyAuthenticationRequired, .beforeHead, .unreachable, .job, .final),
        Case(HTTPParserError.invalidEOFState, .beforeHead, .requestFailed, .series, .stale),
        Case(HTTPParserError.invalidEOFState, .inBody, .truncated, .series, .transient),
        Case(ChannelError.ioOnClosedChannel, .beforeHead, .requestFailed, .series, .stale),
    ]

    @Test("Every failure has a name, a reach, and says whether trying again can help", arguments: cases)
    func mapping(_ test: Case) throws {
        let found = try #require(error(test.error, test.phase) as? CodError)
        #expect(found.code == test.code)
        #expect(found.reach == test.reach)
        #expect(found.transience == test.transience)
        #expect(found.recovery != nil)
        #expect(found.message.contains("h:8443"))
        #expect(test.reach == .job || found.series == "2")
    }

    @Test("Too many open files are known for what they are, and the way out is named", arguments: [EMFILE, ENFILE])
    func lackOfDescriptors(code: CInt) throws {
        let found = try #require(error(Self.errno(code), .beforeHead) as? CodError)
        #expect(found.recovery?.contains("ulimit -n") == true)
        #expect(Setback(found) == .throttled)
        let broken = try #require(error(Self.errno(EPIPE), .beforeHead) as? CodError)
        #expect(Setback(broken) == .stale)
    }

    @Test("A body that comes too slowly is timed out; the message says how slowly")
    func tooSlow() throws {
        let slow = TooSlow(byteCount: 6000, interval: .seconds(60), minimumBytesPerSecond: 16 << 10)
        let found = try #require(error(slow, .inBody) as? CodError)
        #expect(found.code == .timedOut && found.transience == .transient && found.series == "2")
        #expect(found.message.contains("100 bytes a second") && found.message.contains("16384"))
    }

    @Test("A cancellation stays one")
    func cancellation() {
        #expect(error(CancellationError(), .inBody) is CancellationError)
        #expect(error(HTTPClientError.cancelled, .beforeHead) is CancellationError)
    }

    @Test("An error that quotes header values does not pass the token on")
    func headerValues() throws {
        let found = error(HTTPClientError.invalidHeaderFieldValues(["Bearer \(canary)"]), .beforeHead)
        let error = try #require(found as? CodError)
        #expect(!"\(error) \(String(describing: error.cause))".contains("CANARY"))
    }
}
