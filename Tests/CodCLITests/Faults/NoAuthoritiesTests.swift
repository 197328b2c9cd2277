import CodTesting
import Foundation
import Testing

@Suite(
    "A system that has no list of certificate authorities",
    .enabled(if: TinyDisk.isPossible, "where a user may mount something"))
struct NoAuthoritiesTests {
    /// Runs `cod` where the folders that lists of authorities are in are empty.
    private static func cod(_ arguments: [String]) async throws -> CommandRun {
        let script = """
            for folder in /etc/ssl /etc/pki; do
                if [ -d "$folder" ]; then mount -t tmpfs none "$folder" || exit 99; fi
            done
            exec "$@"
            """
        return try await CommandRun.run(
            "/bin/sh",
            ["-c", "exec unshare --map-root-user --mount /bin/sh -c \"$SCRIPT\" sh \"$@\"", "sh", CommandRun.binary] + arguments,
            environment: ["SCRIPT": script])
    }

    @Test("fault 47: is told as that, in one attempt and with what to install; with --ca-cert it is no hindrance")
    func named() async throws {
        let authority = try TestAuthority()
        try await ServedStore.with(identity: authority.identity()) { store in
            let file = store.scratch.path("ca.pem")
            try authority.certificate.write(toFile: file, atomically: true, encoding: .utf8)
            let arguments = ["download", store.link, store.study, "-o", store.scratch.path("out"), "--endpoint", store.endpoint]
            let refused = try await Self.cod(arguments)
            refused.expect(69, naming: "no list of certificate authorities", "ca-certificates", "--ca-cert")
            #expect(!refused.errors.contains("tried"))
            #expect(store.server.log.isEmpty)

            try await Self.cod(arguments + ["--ca-cert", file]).expect(0)
            #expect(try store.scratch.files(in: "out") == store.files())
        }
    }

    @Test("fault 47: a certificate of an authority that --ca-cert does not name is not trusted there either")
    func untrusted() async throws {
        try await ServedStore.with(identity: TestAuthority().identity()) { store in
            let file = store.scratch.path("other.pem")
            try TestAuthority().certificate.write(toFile: file, atomically: true, encoding: .utf8)
            let run = try await Self.cod(["stats", store.link, store.study, "--endpoint", store.endpoint, "--ca-cert", file])
            run.expect(69, naming: "no authority that this system knows has signed it")
            #expect(store.server.log.isEmpty)
        }
    }

    @Test("The doctor says so")
    func doctor() async throws {
        try await ServedStore.with(identity: TestAuthority().identity()) { store in
            let run = try await Self.cod(["doctor", store.link, "--endpoint", store.endpoint])
            #expect(run.exitCode == 69)
            #expect((run.output + run.errors).contains("no list of certificate authorities"), "\(run.output)\(run.errors)")
        }
    }
}
