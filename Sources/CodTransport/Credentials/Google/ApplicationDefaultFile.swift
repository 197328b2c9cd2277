import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a credentials file of Google's says. Never shown.
struct ApplicationDefaultFile {
    /// The largest file that is read.
    static let maximumByteCount = 64 << 10

    private let fields: [String: String]

    /// - Parameter origin: what the file is called in messages.
    init(json: some Sequence<UInt8>, origin: String) throws(CodError) {
        guard let fields = try? JSONDecoder().decode([String: Field].self, from: Data(json)) else {
            throw CodError(
                .unauthorized, "\(origin) is no credentials file: it holds no object in JSON.",
                recovery: "Get it from gcloud or Google's console again.", reach: .job)
        }
        self.fields = fields.compactMapValues(\.text)
    }

    /// `authorized_user`, `service_account`, and kinds that are not known here.
    var kind: String? { fields["type"] }

    /// Where tokens are had.
    var tokenAddress: String { fields["token_uri"] ?? "https://oauth2.googleapis.com/token" }

    func optional(_ name: String) -> String? { fields[name] }

    func value(_ name: String, of origin: String) throws(CodError) -> String {
        if let value = fields[name], !value.isEmpty { return value }
        throw CodError(
            .unauthorized, "\(origin) has no “\(name)”.", recovery: "Get it from gcloud or Google's console again.", reach: .job)
    }

    /// Anything may stand beside the texts that are wanted.
    private struct Field: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }
}
