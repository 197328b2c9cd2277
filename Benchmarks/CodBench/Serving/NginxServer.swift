import CodBenchKit
import CodCore
import CodTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// nginx over the folder of a store: it sends archives, and hands listings and metadata on to the embedded store.
struct NginxServer: Sendable {
    let endpoint: String
    private let identifier: pid_t

    /// Returns once it answers; `nil` when it does not come to that.
    static func start(
        in folder: String, over store: String, behind upstream: String, tls: ServedTLS?
    ) async throws -> NginxServer? {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // A port that the system has just found to be free.
        let address = try await LoopbackStore.withStore { $0.endpoint }.dropFirst("http://".count)
        let endpoint = "\(tls == nil ? "http" : "https")://\(address)"
        let configuration = "\(folder)/nginx.conf"
        let text = text(folder: folder, store: store, upstream: upstream, address: String(address), tls: tls)
        try text.write(toFile: configuration, atomically: false, encoding: .utf8)
        let server = NginxServer(
            endpoint: endpoint, identifier: try ChildProcess(["nginx", "-p", folder, "-c", configuration]).started())
        let trust = tls.map { ["--cacert", $0.authorityPath] } ?? []
        let question = ["curl", "-sf", "--retry", "3", "--retry-connrefused"] + trust + ["\(endpoint)/cod-bench"]
        do {
            if try await ChildProcess(question).run().exitCode == 0 { return server }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
        return nil
    }

    /// Returns when it has ended.
    func stop() async {
        kill(identifier, SIGTERM)
        _ = try? await offTaskThreads { try ChildProcess.wait(for: identifier) }
    }

    private static func text(folder: String, store: String, upstream: String, address: String, tls: ServedTLS?) -> String {
        let secure =
            tls.map {
                "ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate \"\($0.certificatePath)\"; ssl_certificate_key \"\($0.keyPath)\";"
            } ?? ""
        let bodies = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \"\(folder)/\($0)\";" }
        return """
            daemon off;
            \(isRunByLinuxRoot ? "user root;" : "")
            worker_processes 2;
            pid "\(folder)/pid";
            error_log "\(folder)/error.log";
            events { worker_connections 512; }
            http {
                access_log off;
                sendfile on;
                tcp_nopush on;
                default_type application/x-tar;
                \(bodies.joined(separator: " "))
                server {
                    listen \(address)\(tls == nil ? "" : " ssl");
                    \(secure)
                    location = /cod-bench { return 204; }
                    location / { proxy_pass \(upstream); }
                    location ~ "^/(?:storage/v1/b/)?[^/]+/(?:o/)?\(StudyServer.prefix)/(?<archive>studies/.+[.]tar)$" {
                        alias "\(store)/$archive";
                    }
                }
            }
            """
    }

    /// Whoever starts nginx as root must say so, or its workers may not read what root wrote.
    private static var isRunByLinuxRoot: Bool {
        #if os(Linux)
            geteuid() == 0
        #else
            false
        #endif
    }
}
