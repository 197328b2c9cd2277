import CodCore

/// Where a store is spoken to: Google's service, or an emulator.
public struct StorageEndpoint: Hashable, Sendable, CustomStringConvertible {
    let origin: HTTPAddress.Origin
    /// What stands before every path; empty, or beginning with `/` and not ending with one.
    let basePath: String

    /// `https://storage.googleapis.com`.
    public static let google = StorageEndpoint(
        origin: HTTPAddress.Origin(isSecure: true, host: "storage.googleapis.com", port: 443), basePath: "")

    /// Reads an address (`https://host[:port][/path]`), or a bare `host[:port]`, which is spoken to over plain `http` as is usual
    /// for emulators. Throws ``CodError/Code/invalidSource``.
    public init(parsing text: String) throws {
        let trimmed = text.trimmingASCIIWhitespace
        let address = trimmed.contains("://") ? HTTPAddress(parsing: trimmed) : HTTPAddress(parsing: "http://\(trimmed)")
        guard let address, !address.target.contains("?"), !trimmed.contains("#") else {
            throw CodError(
                .invalidSource, "\(SourceText.redacted(text)) cannot be the address of a storage endpoint.",
                recovery: "It is written https://HOST, http://HOST:PORT, or HOST:PORT.", reach: .job)
        }
        var path = Substring(address.target)
        while path.hasSuffix("/") { path = path.dropLast() }
        self.init(origin: address.origin, basePath: String(path))
    }

    /// The endpoint that the environment names in `STORAGE_EMULATOR_HOST`, with or without a scheme; else Google's.
    public init(environment: [String: String]) throws {
        guard let text = environment["STORAGE_EMULATOR_HOST"], !text.trimmingASCIIWhitespace.isEmpty else {
            self = .google
            return
        }
        do {
            try self.init(parsing: text)
        } catch var error as CodError {
            error.message += " It stands in the environment variable STORAGE_EMULATOR_HOST."
            throw error
        }
    }

    private init(origin: HTTPAddress.Origin, basePath: String) {
        self.origin = origin
        self.basePath = basePath
    }

    /// The address, without a slash at its end.
    public var description: String { "\(origin)\(basePath)" }

    /// Whether what is sent there may be read on its way: plain `http` to another machine.
    package var isExposed: Bool { origin.isExposed }
}
