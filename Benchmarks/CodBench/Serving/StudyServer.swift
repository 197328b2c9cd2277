import CodTesting

/// Serves a store on loopback: archives by nginx where it is there, everything else by the embedded store.
struct StudyServer: Sendable {
    let endpoint: String
    /// Who serves the archives.
    let name: String
    /// The archives' addresses, for clients that cannot list.
    let archiveURLs: [String]
    /// What clients are to trust over TLS: a file; `nil` over plain http.
    let certificatePath: String?
    let store: LoopbackStore
    private let nginx: NginxServer?

    static let bucketName = "bench"
    static let prefix = "dicomweb"
    /// What `cod` is told to download from.
    static let source = "gs://\(bucketName)/\(prefix)"

    /// What `cod` is told besides.
    var codOptions: [String] { ["--endpoint", endpoint] + (certificatePath.map { ["--ca-cert", $0] } ?? []) }
    /// What the arguments of a quiet download into a folder are, after the program's name.
    func download(to output: String) -> [String] { ["download", Self.source, "-o", output, "-q"] + codOptions }
    /// How `curl` gets something from here.
    var curl: String { "curl -sf" + (certificatePath.map { " --tlsv1.3 --cacert '\($0)'" } ?? "") }

    /// - Parameters:
    ///   - nginxFolder: where nginx may put its files; `nil`: it is not there, or not wanted.
    ///   - authority: signs the server's certificate; `nil` for plain http.
    ///   - trustFolder: where certificates may be put.
    static func start(
        over written: WrittenStore, nginxFolder: String? = nil, authority: TestAuthority? = nil, in trustFolder: String = "",
        rules: LoopbackStore.Rules = .init()
    ) async throws -> StudyServer {
        let folder = written.studiesParentFolder
        let tls = try authority.map { try ServedTLS($0, in: trustFolder) }
        // Behind nginx it is plain.
        let store = try LoopbackStore(
            bucketName: bucketName, folder: folder, prefix: prefix, rules: rules,
            identity: nginxFolder == nil ? tls?.identity : nil)
        let storeEndpoint = try await store.start()
        var nginx: NginxServer?
        if let nginxFolder {
            nginx = try await NginxServer.start(in: nginxFolder, over: folder, behind: storeEndpoint, tls: tls)
            guard nginx != nil else {
                Console.say("nginx does not start: the embedded store serves alone")
                await store.stop()
                return try await start(over: written, authority: authority, in: trustFolder, rules: rules)
            }
        }
        let endpoint = nginx?.endpoint ?? storeEndpoint
        return StudyServer(
            endpoint: endpoint, name: nginx == nil ? "the embedded store" : "nginx",
            archiveURLs: written.series.map { "\(endpoint)/\(bucketName)/\(prefix)/\($0.archiveName)" },
            certificatePath: tls?.authorityPath, store: store, nginx: nginx)
    }

    func stop() async {
        await nginx?.stop()
        await store.stop()
    }
}
