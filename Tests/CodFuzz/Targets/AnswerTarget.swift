import CodCore
import NIOHTTP1

@testable import CodTransport

extension FuzzTarget {
    /// The head of an answer and the body of an error: lines `name: value`, an empty line, the body.
    ///
    /// What is taken of a body lies in it and is what was asked for; the message for the user is one short line without the token.
    static let answer = FuzzTarget(
        name: "answer", seeds: answerSeeds, words: answerWords, maximumByteCount: 1 << 10,
        run: { input throws(Finding) in
            let (headers, body) = parts(of: input.payload)
            let status = [200, 206, 416, 503, 400][Int(input.mode % 5)]
            let head = AnswerHead(status: status, headers: headers)
            var hasher = Hasher()
            if case .value(let range) = head.contentRange { try check(range) }
            if let wait = head.retryAfter {
                try Finding.check(wait > .zero && wait <= .seconds(1_000_000), "The wait is \(wait).")
                hasher.combine(1)
            }
            try Finding.check((head.contentByteCount ?? 0) >= 0, "A body has \(head.contentByteCount ?? 0) bytes.")
            try checkDecision(on: head, input, &hasher)
            try checkBody(body, choice: input.choice, head, &hasher)
            _ = headers.first(name: "date").flatMap(HTTPDate.secondsSince1970)
            return hasher.finalize()
        })

    private static let canary = "Zq7/canary-0Kd4"
    /// The same as some writers of JSON write it.
    private static let escapedCanary = #"Zq7\/canary-0Kd4"#

    private static func parts(of payload: [UInt8]) -> (HTTPHeaders, [UInt8]) {
        var headers = HTTPHeaders()
        var rest = payload[...]
        while let end = rest.firstIndex(of: 0x0A), end > rest.startIndex {
            let line = rest[..<end]
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            // NIO's own parser lets nothing else through.
            if name.allSatisfy({ (0x21...0x7E).contains($0) }) {
                headers.add(
                    name: String(decoding: name, as: UTF8.self),
                    value: String(decoding: line.dropFirst(name.count + 1).drop { $0 == 0x20 }, as: UTF8.self))
            }
            rest = rest[(end + 1)...]
        }
        return (headers, Array(rest.dropFirst()))
    }

    private static func check(_ range: ContentRange) throws(Finding) {
        try Finding.check((range.total ?? 0) >= 0, "A whole has \(range.total ?? 0) bytes.")
        guard let bytes = range.bytes else { return }
        try Finding.check(bytes.lowerBound >= 0, "A range begins at \(bytes.lowerBound).")
        try Finding.check(bytes.upperBound <= range.total ?? .max, "A range ends at \(bytes.upperBound).")
    }

    private static func checkDecision(on head: AnswerHead, _ input: FuzzInput, _ hasher: inout Hasher) throws(Finding) {
        let start = Int64(input.choice & 15) * 10
        let end: Int64? = input.choice & 16 == 0 ? start + 1 + Int64(input.choice >> 5) * 20 : nil
        let requested = RequestedBytes(
            start: start, end: end, objectByteCount: input.mode & 64 == 0 ? 300 : nil, generation: input.mode & 128 == 0 ? 7 : nil
        )
        switch requested.decision(on: head) {
        case .accept(let skipped):
            try Finding.check((0...start).contains(skipped), "\(skipped) bytes are passed over to come to byte \(start).")
            if case .value(let range) = head.contentRange, let bytes = range.bytes {
                try Finding.check(bytes.lowerBound + skipped <= max(start, bytes.lowerBound), "Too many bytes are passed over.")
            }
            var window = ByteWindow(skippedByteCount: skipped, byteCount: requested.byteCount)
            var count = 0
            for chunk in [UInt8](repeating: 1, count: 500).chunks(input.chunkSizes(ofByteCount: 500)) {
                count += window.cut(chunk).count
            }
            let expected = min(Int(requested.byteCount ?? 500), 500 - Int(skipped))
            try Finding.check(count == expected, "Of 500 bytes \(count) were taken, and not \(expected).")
            hasher.combine(2)
        case .changed(let reason), .violation(let reason):
            try Finding.check(reason.utf8.count < 500, "A reason has \(reason.utf8.count) bytes.")
            try Finding.check(
                !reason.unicodeScalars.contains(where: Finding.speaksToTerminal), "A reason holds control characters.")
            hasher.combine(outcomeKind(.protocolViolation, reason))
        case .nothingLeft: hasher.combine(3)
        case .decompressed: hasher.combine(4)
        }
    }

    private static func checkBody(
        _ body: [UInt8], choice: UInt8, _ head: AnswerHead, _ hasher: inout Hasher
    ) throws(Finding) {
        var echo = body
        echo.insert(contentsOf: (choice & 1 == 0 ? canary : escapedCanary).utf8, at: Int(choice) % (body.count + 1))
        let said = ErrorBody(echo, token: Secret(canary))
        let subject = RequestSubject(kind: .bucket, displayName: "gs://bucket")
        let error = CodError.answer(head, said, about: subject, hadToken: true)
        try Finding.check(message: error)
        try Finding.check(!"\(error)".contains(canary), "“\(error)” shows the token.")
        guard let message = said.message else { return }
        try Finding.check(message.count <= ErrorBody.maximumShownCount, "\(message.count) characters of a body are shown.")
        hasher.combine(5)
    }
}
