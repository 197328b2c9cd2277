#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a token endpoint says when it issues none (RFC 6749, section 5.2).
struct OAuthError {
    private struct Answer: Decodable {
        let error: String
        let description: String?

        enum CodingKeys: String, CodingKey {
            case error
            case description = "error_description"
        }
    }

    private let answer: Answer

    init?(_ body: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)) else { return nil }
        self.answer = answer
    }

    /// Whether the login, or the key, is no longer good.
    var isOfLogin: Bool { ["invalid_grant", "invalid_client", "unauthorized_client", "invalid_rapt"].contains(answer.error) }

    /// On one line.
    var text: String {
        [answer.error, answer.description].compactMap { $0?.prefix(200).printable }.joined(separator: ": ")
    }
}
