import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the body of an error says: JSON, XML, plain text, a web page, or nothing.
///
/// Only for the user to read; what is done depends on the status alone.
struct ErrorBody {
    /// How much of such a body is read, in bytes.
    static let maximumByteCount = 64 << 10
    /// How much of it is shown, in characters.
    static let maximumShownCount = 300

    /// What the server says, on one line; `nil` when it says nothing of use.
    let message: String?
    /// Whether it asks for a project to bill.
    let asksForPayer: Bool

    /// Reads a body. `token` is taken out, should the server have echoed it.
    init(_ bytes: [UInt8], token: Secret?) {
        let text = Self.redacted(String(decoding: bytes.prefix(Self.maximumByteCount), as: UTF8.self), token)
        asksForPayer = text.contains("UserProjectMissing") || text.lowercased().contains("requester pays")
        let said = Self.fromJSON(text) ?? Self.fromXML(text) ?? Self.fromText(text)
        message = said.flatMap { said in
            // Once more: escapes may have kept the token from being known.
            let line = Self.redacted(said, token).printable.split(separator: " ").joined(separator: " ")
            if line.isEmpty { return nil }
            return line.count > Self.maximumShownCount ? "\(line.prefix(Self.maximumShownCount - 1))…" : line
        }
    }

    /// `{"error": {"message": …}}`, where the message may be a text, or an error wrapped once more.
    private static func fromJSON(_ text: String) -> String? {
        guard text.trimmingASCIIWhitespace.hasPrefix("{") else { return nil }
        return (try? JSONDecoder().decode(Wrapped.self, from: Data(text.utf8)))?.error.text
    }

    /// `<Error><Code>…</Code><Message>…</Message></Error>`.
    private static func fromXML(_ text: String) -> String? {
        guard text.contains("<Error>") else { return nil }
        let parts = ["Code", "Message"].compactMap { name -> String? in
            guard let start = text.firstRange(of: "<\(name)>"), let end = text.firstRange(of: "</\(name)>"),
                start.upperBound <= end.lowerBound
            else { return nil }
            return String(text[start.upperBound..<end.lowerBound])
        }
        return parts.isEmpty ? nil : parts.joined(separator: ": ")
    }

    private static func fromText(_ text: String) -> String? {
        let isMarkup = text.trimmingASCIIWhitespace.hasPrefix("<")
        return isMarkup ? nil : text
    }

    private static func redacted(_ text: String, _ token: Secret?) -> String {
        let bare = token.flatMap { $0.value.isEmpty ? nil : text.replacing($0.value, with: "…") } ?? text
        return bare.replacing(/(?i:bearer) +[^ "'<>,;]+/, with: "Bearer …").replacing(/ya29\.[A-Za-z0-9._-]+/, with: "…")
    }

    private struct Wrapped: Decodable {
        let error: Said
    }

    /// A text, or an object with a message that is a text or an error once more.
    private struct Said: Decodable {
        let text: String

        private enum Keys: String, CodingKey { case message }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self.text = text
                return
            }
            let container = try decoder.container(keyedBy: Keys.self)
            if let text = try? container.decode(String.self, forKey: .message) {
                self.text = text
            } else {
                text = try container.decode(Wrapped.self, forKey: .message).error.text
            }
        }
    }
}
