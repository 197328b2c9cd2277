import ArgumentParser
import CodCore
import CodTesting

/// `cod serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a folder on this machine the way Google Cloud Storage does, to try things on.",
        discussion: """
            The folder holds studies/, as `cod sample` writes it. Nobody but this machine can reach it. The endpoint is the \
            first line of standard output. Ctrl-C ends it, with exit code 130.

            EXAMPLES
              cod serve store
              cod serve store --port 9023 --require-token secret --page-size 2
            """)

    @Argument(help: "The folder that holds studies/.", completion: .directory)
    var store: String

    @Option(parsing: .unconditional, help: "The port; 0 lets the system choose.")
    var port = 0

    @Option(help: "The name of the bucket.")
    var bucket = "demo-bucket"

    @Option(help: "The prefix that the folder's objects have in the bucket; empty for none.")
    var prefix = "dicomweb"

    @Option(help: ArgumentHelp("Answer only requests with this token.", valueName: "token"))
    var requireToken: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("At most so many names in a page of a listing.", valueName: "n"))
    var pageSize = 1000

    @OptionGroup var log: LogOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is \(port); give 0 to 65535.") }
        guard (1...1000).contains(pageSize) else { throw ValidationError("--page-size is \(pageSize); give 1 to 1000.") }
    }

    func run() async throws {
        var rules = LoopbackStore.Rules()
        rules.pageLimit = pageSize
        rules.acceptedTokens = requireToken.map { [$0] }
        let isVerbose = log.verbose
        let server = try LoopbackStore(
            bucketName: bucket, folder: store, prefix: prefix, rules: rules, logLimit: 0,
            onRequest: { request in
                if isVerbose { Console.standard.say("\(request)") }
            })
        let endpoint = try await server.start(port: port)
        let source = "gs://\(bucket)\(prefix.isEmpty ? "" : "/\(prefix)")"
        Console.standard.result(endpoint)
        if !log.quiet {
            Console.standard.say(
                """
                Serving \(store) as \(source). Stop with Ctrl-C. In another terminal:
                  cod stats \(source) --endpoint \(endpoint)\(requireToken == nil ? "" : "   (with the token in COD_TOKEN)")
                """)
        }
        // Cancelled by the signal that ends the command.
        while (try? await Task.sleep(for: .seconds(3600))) != nil { continue }
        await server.stop()
    }
}
