import CodTesting

/// Serves a store on loopback: archives by nginx where it is there, everything else by the embedded store.
struct StudyServer: Sendable {
    let endpoint: String
    /// Who serves the archives.
    let name: String
    /// The archives' addresses, for clients that cannot list.
    let archiveURLs: [String]
    private let store: LoopbackStore
    private let nginx: NginxServer?

    static let bucketName = "bench"
    static let prefix = "dicomweb"
    /// What `cod` is told to download from.
    static let source = "gs://\(bucketName)/\(prefix)"

    /// - Parameter nginxFolder: where nginx may put its files; `nil`: it is not there.
    static func start(over written: WrittenStore, nginxFolder: String?) async throws -> StudyServer {
        let folder = written.studiesParentFolder
        let store = try LoopbackStore(bucketName: bucketName, folder: folder, prefix: prefix)
        let storeEndpoint = try await store.start()
        var nginx: NginxServer?
        if let nginxFolder {
            nginx = try await NginxServer.start(in: nginxFolder, over: folder, behind: storeEndpoint)
            if nginx == nil { Workshop.say("nginx does not start: the embedded store serves alone") }
        }
        let endpoint = nginx?.endpoint ?? storeEndpoint
        return StudyServer(
            endpoint: endpoint, name: nginx == nil ? "the embedded store" : "nginx",
            archiveURLs: written.series.map { "\(endpoint)/\(bucketName)/\(prefix)/\($0.archiveName)" }, store: store,
            nginx: nginx)
    }

    func stop() async {
        await nginx?.stop()
        await store.stop()
    }
}
