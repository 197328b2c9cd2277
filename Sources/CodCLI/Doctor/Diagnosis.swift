import CodCore

/// What one check found out: a verdict, what was measured, and what to do.
struct Diagnosis: Equatable {
    enum Verdict: String, Encodable {
        case ok, warning, failed
        /// Not looked at, because something that it needs failed.
        case skipped
    }

    /// What was looked at.
    let check: Check
    var verdict: Verdict
    /// One sentence, or a few; without a token.
    var message: String
    /// What the user can do.
    var recovery: String?
    /// Numbers, by their names in the output: `seconds`, `bytesPerSecond`.
    var measures: [String: Double] = [:]
    /// Where it failed: the code of the error.
    var code: CodError.Code?

    static func ok(_ check: Check, _ message: String, _ measures: [String: Double] = [:]) -> Diagnosis {
        Diagnosis(check: check, verdict: .ok, message: message, measures: measures)
    }

    static func warning(
        _ check: Check, _ message: String, _ recovery: String, _ measures: [String: Double] = [:]
    ) -> Diagnosis {
        Diagnosis(check: check, verdict: .warning, message: message, recovery: recovery, measures: measures)
    }

    static func failed(_ check: Check, _ error: CodError) -> Diagnosis {
        Diagnosis(check: check, verdict: .failed, message: error.message, recovery: error.recovery, code: error.code)
    }
}

/// What is looked at, in this order.
enum Check: String, CaseIterable, Encodable {
    case source, endpoint, proxy, dns, connection, tls, clock, credentials, listing, metadata, read
    case oneStream, eightStreams, output, disk, files

    /// What it needs; where that failed, or was skipped, it is skipped.
    var needs: [Check] {
        switch self {
        case .source, .output, .files: []
        case .endpoint: [.source]
        case .proxy: [.endpoint]
        case .dns: [.proxy]
        case .connection: [.dns]
        case .tls: [.connection]
        case .clock, .credentials: [.tls]
        case .listing: [.credentials]
        case .metadata: [.listing]
        case .read: [.metadata]
        case .oneStream, .eightStreams: [.read]
        case .disk: [.output]
        }
    }

    /// Whether it says something of a folder that holds a copy of a store, too.
    var concernsFolders: Bool {
        switch self {
        case .endpoint, .proxy, .dns, .connection, .tls, .clock, .credentials: false
        default: true
        }
    }

    var title: String {
        switch self {
        case .dns: "DNS"
        case .tls: "TLS"
        case .read: "ranged read"
        case .oneStream: "one stream"
        case .eightStreams: "eight streams"
        case .files: "open files"
        default: rawValue
        }
    }
}
