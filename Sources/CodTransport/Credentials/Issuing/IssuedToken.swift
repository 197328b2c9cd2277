import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A token that somebody has just issued, and for how long it is good.
struct IssuedToken: Sendable, Equatable {
    var secret: Secret
    /// From the moment that it came; `nil` where nobody says.
    var lifetime: Duration?
}

extension IssuedToken {
    /// What a token endpoint answers (RFC 6749, section 5.1); `nil` for anything else.
    init?(json: [UInt8]) {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(json)),
            answer.tokenType.map({ $0.lowercased() == "bearer" }) ?? true,
            let secret = try? TokenText.read(answer.accessToken, from: "The token")
        else { return nil }
        self.init(secret: secret, lifetime: answer.lifetime?.duration)
    }

    private struct Answer: Decodable {
        let accessToken: String
        let tokenType: String?
        let lifetime: Seconds?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case tokenType = "token_type"
            case lifetime = "expires_in"
        }
    }

    /// A number, or a text of one: both are met.
    private struct Seconds: Decodable {
        let duration: Duration

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let seconds = try (try? container.decode(Double.self)) ?? Double(container.decode(String.self)) ?? -1
            // A year at most: what is longer is as good as forever.
            guard seconds.isFinite, seconds >= 0 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "This is no time to live.")
            }
            duration = .milliseconds(Int64(min(seconds, 31_536_000) * 1000))
        }
    }
}
