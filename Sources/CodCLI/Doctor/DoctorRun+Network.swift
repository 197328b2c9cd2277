import CodCore
import CodTransport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The way to the store.
extension DoctorRun {
    mutating func lookAtSource() throws -> Diagnosis {
        let source = try options.parsedSource()
        state.studies = try options.namedStudies()
        var retrieval = RetrievalOptions(logger: log.logger())
        // One try: what fails now and then is to be seen.
        retrieval.retry = .never
        state.gcs = try options.access.gcsOptions(for: source, retrieval)
        state.source = source
        switch source {
        case .folder(let path):
            state.folder = try FolderBucket(at: path)
            return .ok(.source, "the folder \(path)")
        case .bucket(let details):
            state.bucket = GCSBucket(details, options: state.gcs)
            return .ok(.source, "\(details)\(details.token == nil ? "" : ", with a token in the link")")
        }
    }

    mutating func lookAtEndpoint() throws -> Diagnosis {
        let endpoint = try probe().endpoint()
        state.endpoint = endpoint
        return .endpoint(endpoint, isChosen: !endpoint.isGoogles || endpoint.host != "storage.googleapis.com")
    }

    mutating func lookAtProxy() throws -> Diagnosis {
        state.way = try probe().way()
        let environment = ProcessInfo.processInfo.environment
        let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "http_proxy"]
        return .proxy(
            state.way, isLoopback: try endpoint().isLoopback,
            variables: names.filter { environment[$0].map { !$0.isEmpty } ?? false })
    }

    mutating func lookUpNames() async throws -> Diagnosis {
        let host = try state.way?.host ?? endpoint().host
        let (addresses, seconds) = try await Self.timed { try await Resolver.addresses(of: host) }
        return .dns(host, addresses, seconds: seconds)
    }

    mutating func connect() async throws -> Diagnosis {
        let endpoint = try endpoint()
        if let way = state.way, way.isSOCKS {
            return .ok(.connection, "not looked at by itself: \(way.proxy) is a SOCKS proxy")
        }
        let probe = try probe()
        let (connection, seconds) = try await Self.timed { try await probe.connect() }
        state.connection = connection
        // The client tells what failed; here it is known only how far it came.
        if !connection.isConnected { state.serverDate = try await probe.greet().date }
        return .connection(connection, to: endpoint, through: state.way, seconds: seconds)
    }

    /// A request without a token: what the client says of the connection, and the server of the time.
    mutating func shakeHands() async throws -> Diagnosis {
        let (probe, endpoint) = (try probe(), try endpoint())
        var failure: CodError?
        var needsOwnTrust = false
        do {
            state.serverDate = try await probe.greet().date
            if endpoint.isSecure, state.gcs.trustedCertificates != nil {
                do { _ = try await probe.greet(bySystemTrustAlone: true) } catch let error as CodError {
                    needsOwnTrust = error.message.contains("not trusted")
                }
            }
        } catch let error as CodError where !error.isCancellation {
            failure = error
        }
        if !endpoint.isSecure {
            if let failure { throw failure }
            return .plainHTTP
        }
        return .tls(
            version: state.connection?.tlsVersion,
            certificate: state.connection?.certificate.flatMap { CertificateFacts(der: $0) },
            failure: failure, needsOwnTrust: needsOwnTrust, hasOwnTrust: state.gcs.trustedCertificates != nil,
            now: Int64(Date().timeIntervalSince1970))
    }

    func compareClocks() -> Diagnosis {
        .clock(
            serverDate: state.serverDate, now: Int64(Date().timeIntervalSince1970),
            isSigning: ProcessInfo.processInfo.environment["GOOGLE_APPLICATION_CREDENTIALS"] != nil)
    }

    mutating func askForToken() async throws -> Diagnosis {
        let (probe, endpoint) = (try probe(), try endpoint())
        let (facts, seconds) = try await Self.timed { try await probe.credentials() }
        return .credentials(facts, seconds: seconds, takesToken: endpoint.takesToken)
    }

    func probe() throws(CodError) -> StoreProbe {
        guard let probe = state.probe else { throw CodError(.stageFailed, "There is no bucket to look at.") }
        return probe
    }

    private func endpoint() throws(CodError) -> StoreProbe.Endpoint {
        guard let endpoint = state.endpoint else { throw CodError(.stageFailed, "There is no endpoint to look at.") }
        return endpoint
    }
}
