import CodCore
import Testing

@testable import CodTransport

@Suite("Bodies of errors")
struct ErrorBodyTests {
    @Test(
        "What the server says is found in JSON, XML and text",
        arguments: [
            (#"{"error":{"code":404,"message":"No such object: b/o","errors":[]}}"#, "No such object: b/o"),
            (#"{"error":{"code":"503","message":{"error":{"message":"Retry Test"}}}}"#, "Retry Test"),
            (#"{"error":"invalid_grant"}"#, "invalid_grant"),
            ("<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>Not there</Message></Error>", "NoSuchKey: Not there"),
            ("<Error><Message>only</Message></Error>", "only"), ("plain\r\n text\u{1B}[31m", "plain text [31m"),
            (#"{"error":"#, #"{"error":"#), ("", nil), ("  \n", nil), ("<html><body>Sign in</body></html>", nil),
        ] as [(String, String?)])
    func messages(body: String, message: String?) {
        #expect(ErrorBody(Array(body.utf8), token: nil).message == message)
    }

    @Test("A long message is cut, and bytes that are no text do no harm")
    func lengths() {
        let long = ErrorBody(Array(repeating: UInt8(ascii: "x"), count: 200_000), token: nil).message
        #expect(long?.count == ErrorBody.maximumShownCount)
        #expect(ErrorBody([0xFF, 0xFE, 0x41], token: nil).message?.contains("A") == true)
        let deep = String(repeating: #"{"error":{"message":"#, count: 3000)
        #expect(ErrorBody(Array(deep.utf8), token: nil).message != nil)
    }

    @Test(
        "No token is ever quoted",
        arguments: [
            "refused SECRET-CANARY-123 for you", "Authorization: Bearer SECRET-CANARY-123",
            #"{"error":{"message":"bad SECRET-CANARY-123"}}"#, #"{"error":{"message":"bad SECRET\u002DCANARY-123"}}"#,
            "Bearer other-CANARY-token", "ya29.CANARY_x-1",
        ])
    func redaction(body: String) {
        let message = ErrorBody(Array(body.utf8), token: Secret("SECRET-CANARY-123")).message
        #expect(message != nil)
        #expect(message?.contains("CANARY") == false)
    }

    @Test("Requester pays is recognised in both APIs' words")
    func requesterPays() {
        #expect(ErrorBody(Array("<Error><Code>UserProjectMissing</Code></Error>".utf8), token: nil).asksForPayer)
        let json = #"{"error":{"message":"Bucket is requester pays bucket but no user project provided."}}"#
        #expect(ErrorBody(Array(json.utf8), token: nil).asksForPayer)
        #expect(!ErrorBody(Array("bad request".utf8), token: nil).asksForPayer)
    }

    @Test(
        "The status decides what an error is and how far it reaches",
        arguments: [
            (400, .requestFailed, .series, .final), (401, .unauthorized, .job, .final), (403, .forbidden, .series, .final),
            (404, .objectNotFound, .series, .final), (304, .objectChanged, .series, .final),
            (412, .objectChanged, .series, .final), (407, .unreachable, .job, .final),
            (408, .requestFailed, .series, .transient(retryAfter: .seconds(3))),
            (429, .requestFailed, .series, .transient(retryAfter: .seconds(3))),
            (500, .requestFailed, .series, .transient(retryAfter: .seconds(3))),
            (503, .requestFailed, .series, .transient(retryAfter: .seconds(3))), (410, .requestFailed, .series, .final),
        ] as [(Int, CodError.Code, CodError.Reach, CodError.Transience)])
    func statuses(status: Int, code: CodError.Code, reach: CodError.Reach, transience: CodError.Transience) {
        var head = AnswerHead(status: status)
        head.retryAfter = .seconds(3)
        let subject = RequestSubject(kind: .object, displayName: "gs://b/o", series: SeriesID(study: "1", series: "2"))
        let error = CodError.answer(head, ErrorBody(Array("said so".utf8), token: nil), about: subject, hadToken: true)
        #expect(error.code == code)
        #expect(error.reach == reach)
        #expect(error.transience == transience)
        #expect((error.cause is StoreIsBusy) == [429, 503].contains(status))
        #expect(error.study == "1" && error.series == "2")
        #expect(error.message.contains("said so") || code == .objectChanged)
    }

    @Test("A listing that is refused loses the study, or the job where all studies are listed")
    func listingReach() {
        func error(_ kind: RequestSubject.Kind, _ status: Int) -> CodError {
            .answer(
                AnswerHead(status: status), ErrorBody([], token: nil),
                about: RequestSubject(kind: kind, displayName: "gs://b/p"), hadToken: false)
        }
        #expect(error(.study("1"), 403).reach == .study)
        #expect(error(.study("1"), 403).study == "1")
        #expect(error(.bucket, 403).reach == .job)
        #expect(error(.study("1"), 404).reach == .job)
        #expect(error(.study("1"), 503).reach == .study)
        #expect(error(.bucket, 401).message.contains("needs credentials"))
    }
}
