package import CodCore
import NIOCore

/// Looks at the way to a bucket step by step, with the client that retrieves from it: what fails here fails there. Each call makes one
/// try.
package struct StoreProbe: Sendable {
    private let client: GCSClient

    /// Shares connections and credentials with the bucket's catalog and fetcher.
    package init(_ bucket: GCSBucket) {
        client = bucket.client
    }

    /// Where requests go.
    package struct Endpoint: Sendable, Hashable {
        /// The address, without a slash at its end.
        package let url: String
        package let host: String
        package let port: Int
        package let isSecure: Bool
        /// Whether requests do not leave this machine.
        package let isLoopback: Bool
        package let isGoogles: Bool
        /// Whether a token may be sent there.
        package let takesToken: Bool
    }

    /// The endpoint. Throws for a bucket, an endpoint or a proxy that cannot be used.
    package func endpoint() throws -> Endpoint {
        let (address, origin) = (try client.address, try client.address.endpoint.origin)
        return Endpoint(
            url: "\(address.endpoint)", host: origin.host, port: origin.port, isSecure: origin.isSecure,
            isLoopback: origin.isLoopback, isGoogles: origin.isGoogles,
            takesToken: !origin.isExposed || client.options.allowsInsecure)
    }

    /// The proxy on the way; `nil` for none.
    package struct Way: Sendable, Hashable {
        /// `host:port`.
        package let proxy: String
        package let host: String
        /// The environment variable that names it.
        package let variable: String
        package let isSOCKS: Bool
    }

    /// The way that requests take: through a proxy, or `nil`.
    package func way() throws -> Way? {
        try client.options.resolvedProxies.proxy(for: client.address.endpoint.origin).map {
            Way(proxy: "\($0)", host: $0.host, variable: $0.variable, isSOCKS: $0.kind == .socks)
        }
    }

    /// How far a connection comes; its certificate is looked at, and not judged.
    package struct Connection: Sendable, Hashable {
        package let isConnected: Bool
        /// What a proxy answered; `nil` where there is none, or it did not answer.
        package let proxyStatus: Int?
        /// The host's own certificate, in DER; `nil` over plain http, and where none came.
        package let certificate: [UInt8]?
        /// Such as `TLS 1.3`.
        package let tlsVersion: String?
    }

    /// Connects once, sends no request, and hangs up.
    package func connect() async throws -> Connection {
        let origin = try client.address.endpoint.origin
        let findings = await Inquiry.look(
            at: origin, through: try client.options.resolvedProxies.proxy(for: origin),
            timeout: .init(waiting: client.options.connectTimeout))
        try Task.checkCancellation()
        return Connection(
            isConnected: findings.isConnected == true, proxyStatus: findings.proxyStatus, certificate: findings.certificate,
            tlsVersion: findings.tlsVersion)
    }

    /// What a request without a token was answered.
    package struct Greeting: Sendable, Hashable {
        package let status: Int
        /// The server's clock, in seconds since the beginning of 1970.
        package let date: Int64?
    }

    /// Sends one request, without a token, the way that all requests go; `bySystemTrustAlone` trusts no certificate but the system's.
    ///
    /// Throws what keeps a connection from being made.
    package func greet(bySystemTrustAlone: Bool = false) async throws -> Greeting {
        let address = try client.address
        let target = address.page(of: Listing(prefix: "\(address.root)studies/", isByFolder: true), size: 1, token: nil)
        let connections: HTTPConnections
        if bySystemTrustAlone {
            var options = client.options
            options.trustedCertificates = nil
            connections = .forMetadata(options)
        } else {
            connections = client.metadataConnections
        }
        let head = try await client.greet(HTTPAddress(origin: address.endpoint.origin, target: target), over: connections)
        return Greeting(status: head.status, date: head.date)
    }

    /// The first page of a listing.
    package struct Page: Sendable {
        /// The studies; none where one study was asked for.
        package var studies: [String] = []
        /// The series of the study that was asked for, with their archives' sizes.
        package var series: [(uid: String, archiveByteCount: Int64?, hasMetadata: Bool)] = []
        package var nameCount = 0
        /// Whether there are more pages.
        package var goesOn = false
    }

    /// One page of the studies, or of the objects of one.
    package func firstPage(ofStudy study: String? = nil) async throws -> Page {
        let address = try client.address
        let listing = study.map { address.listing(ofStudy: $0) } ?? address.studiesListing
        let subject = RequestSubject(
            kind: study.map { .study($0) } ?? .bucket, displayName: "gs://\(address.bucket)/\(listing.prefix)")
        let answer = try await client.get(
            address.page(of: listing, size: client.options.pageSize, token: nil), about: subject,
            over: client.metadataConnections)
        let content = try await GCSStore.page(in: answer, about: subject)
        var turner = PageTurner(listing)
        try turner.received(content)
        var page = Page(goesOn: !turner.isComplete)
        page.nameCount = turner.objects.count + turner.folders.count
        page.studies = turner.folders.compactMap { folder in
            let name = folder.dropFirst(listing.prefix.count).prefix { $0 != "/" }
            return UIDText.problem(with: name) == nil ? String(name) : nil
        }
        if let study {
            let objects = turner.objects.map { object in
                StoredObject(
                    name: object.name, path: String(object.name.dropFirst(address.root.count)), byteCount: object.byteCount,
                    generation: object.generation, checksum: object.checksum)
            }
            page.series = SeriesObjects.grouping(objects, ofStudy: study).map {
                ($0.uid, $0.archive?.byteCount, $0.metadata != nil)
            }
        }
        return page
    }

    /// What a request for some bytes of an archive was answered.
    package struct RangeAnswer: Sendable, Hashable {
        package let status: Int
        /// Whether it names the generation of the archive.
        package let namesGeneration: Bool
    }

    /// Asks for some bytes of an archive, pinned to its generation, and hangs up at the answer's head.
    package func ask(for range: Range<Int64>, of archive: Archive) async throws -> RangeAnswer {
        let address = try client.address
        let subject = RequestSubject(
            kind: .object, displayName: "gs://\(address.bucket)/\(archive.objectName)", series: archive.series)
        let answer = try await client.get(
            address.media(of: archive.objectName, generation: archive.generation),
            range: "bytes=\(range.lowerBound)-\(range.upperBound - 1)", about: subject, over: client.metadataConnections)
        answer.permit.end()
        return RangeAnswer(status: answer.head.status, namesGeneration: answer.head.generation != nil)
    }

    /// The credentials that requests carry. Asks for a token; throws what keeps it from being had.
    package func credentials() async throws -> CredentialsFacts { try await CredentialsFacts(client.credentials) }
}
