import CodCore
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A bucket of Google Cloud Storage as a catalog needs it: listings and metadata.
struct GCSStore: ObjectStore {
    private let client: GCSClient

    init(_ client: GCSClient) {
        self.client = client
    }

    var displayName: String { (try? client.address.displayName) ?? "gs://" }

    func url(of objectName: String) -> String { (try? client.address.url(of: objectName)) ?? objectName }

    func studies() async throws -> [String] {
        let address = try client.address
        let listing = address.studiesListing
        let found = try await list(
            listing, about: RequestSubject(kind: .bucket, displayName: "gs://\(address.bucket)/\(listing.prefix)"))
        return found.folders.compactMap { folder in
            let name = Substring(
                folder.utf8.dropFirst(listing.prefix.utf8.count).dropLast(folder.utf8.last == UInt8(ascii: "/") ? 1 : 0))
            if let problem = UIDText.problem(with: name) {
                client.options.logger.notice(
                    "The folder “\(folder.prefix(300).printable)” is passed over: it names no study, because \(problem).")
                return nil
            }
            return String(name)
        }
    }

    func objects(ofStudy study: String) async throws -> [StoredObject] {
        let address = try client.address
        let listing = address.listing(ofStudy: study)
        let found = try await list(
            listing, about: RequestSubject(kind: .study(study), displayName: "gs://\(address.bucket)/\(listing.prefix)"))
        return found.objects.map { object in
            StoredObject(
                name: object.name, path: String(object.name.dropFirst(address.root.count)), byteCount: object.byteCount,
                generation: object.generation, checksum: object.checksum)
        }
    }

    func read(_ object: StoredObject, in context: StageContext) async throws -> ByteStream {
        let address = try client.address
        try ObjectName.check(object.name)
        let series = SeriesID(objectPath: object.path)
        let archive = Archive(
            series: series ?? SeriesID(study: "", series: ""), url: address.url(of: object.name), objectName: object.name,
            byteCount: object.byteCount, generation: object.generation)
        let subject = RequestSubject(kind: .object, displayName: "gs://\(address.bucket)/\(object.name)", series: series)
        let portion = Portion(archive: archive, byteRange: nil, instances: [])
        return ByteStream(of: portion) { [client] in
            var reading = ObjectReading(object, about: subject, policy: client.options.retry)
            var body: AnswerBody?
            var excuse = PauseExcuse(pauseCount: client.options.timing.pauseCount())
            return ByteStream.AsyncIterator {
                while !reading.isComplete {
                    do {
                        if body == nil { body = try await Self.open(&reading, subject, client) }
                        if let chunk = try await body?.next() {
                            try reading.received(chunk)
                            return chunk
                        }
                        try reading.ended()
                    } catch {
                        body = nil
                        let timing = client.options.timing
                        if excuse.covers(error, pauseCount: timing.pauseCount()) { continue }
                        let wait = try reading.failed(
                            error, jitter: timing.jitter(), now: timing.now(), hasContact: client.contact.isMade)
                        client.tell(of: error, pause: wait)
                        try await timing.sleep(wait)
                    }
                }
                body = nil
                return nil
            }
        }
    }

    func concealing(_ text: String) async -> String {
        (try? await client.credentials.token())?.concealed(in: text) ?? text
    }

    private static func open(
        _ reading: inout ObjectReading, _ subject: RequestSubject, _ client: GCSClient
    ) async throws -> AnswerBody? {
        let wanted = reading.wantedBytes
        let target = try client.address.media(of: reading.object.name, generation: wanted.generation)
        let answer = try await client.get(
            target, range: wanted.rangeHeader, about: subject, over: client.metadataConnections)
        guard let skipped = try reading.opened(wanted.decision(on: answer.head)) else { return nil }
        return AnswerBody(answer, window: ByteWindow(skippedByteCount: skipped, byteCount: nil))
    }

    private func list(_ listing: Listing, about subject: RequestSubject) async throws -> PageTurner {
        var turner = PageTurner(listing)
        while !turner.isComplete {
            let target = try client.address.page(of: listing, size: client.options.pageSize, token: turner.pageToken)
            try turner.received(try await page(target, about: subject))
        }
        return turner
    }

    /// One page, tried again as often as the policy allows.
    private func page(_ target: String, about subject: RequestSubject) async throws -> ListingPage {
        try await Attempts.untilDone(client.options, hasContact: client.contact.isMade) {
            let answer = try await client.get(target, about: subject, over: client.metadataConnections)
            return try await Self.page(in: answer, about: subject)
        } tell: { error, pause in
            client.tell(of: error, pause: pause)
        }
    }

    static func page(in answer: Answer, about subject: RequestSubject) async throws -> ListingPage {
        var body = AnswerBody(answer, window: ByteWindow(skippedByteCount: 0, byteCount: nil))
        var json = Data()
        while let chunk = try await body.next() {
            guard json.count + chunk.count <= ListingPage.maximumByteCount else {
                throw CodError.violation(subject, "the page has more than \(ListingPage.maximumByteCount) bytes")
            }
            chunk.withBytes { span in span.withUnsafeBytes { json.append(contentsOf: $0) } }
        }
        do {
            return try ListingPage(json: json)
        } catch {
            let beginning = String(decoding: json.prefix(60), as: UTF8.self).printable
            throw CodError.violation(
                subject, "the page of \(json.count) bytes is no listing in JSON; it begins “\(beginning)”")
        }
    }
}
