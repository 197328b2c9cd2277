/// Where a redirect leads, and whether the token may go along.
///
/// A token goes to the origin it was given for and nowhere else; nothing goes from https back to http; and plain http is followed
/// only where it stays on this machine.
struct Redirect: Equatable {
    /// How many are followed for one request.
    static let maximumCount = 5

    let address: HTTPAddress
    let keepsToken: Bool

    /// Why a redirect is not followed, as the end of a sentence.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    /// Reads a redirect out of the head of an answer; `nil` for an answer that is none.
    static func reading(_ head: AnswerHead, from current: HTTPAddress) throws(Refusal) -> Redirect? {
        guard [301, 302, 303, 307, 308].contains(head.status) else { return nil }
        guard let location = head.location else { throw Refusal(reason: "it redirects without saying where") }
        guard let next = resolve(location, from: current) else {
            throw Refusal(reason: "it redirects to an address that cannot be one")
        }
        if next.origin == current.origin { return Redirect(address: next, keepsToken: true) }
        if current.origin.isSecure && !next.origin.isSecure {
            throw Refusal(reason: "it redirects from https to plain http (\(next.origin))")
        }
        guard next.origin.isSecure || next.origin.isLoopback else {
            throw Refusal(reason: "it redirects to another host over plain http (\(next.origin))")
        }
        return Redirect(address: next, keepsToken: false)
    }

    /// An address, or one that is relative to the current one (RFC 3986, section 4.2).
    private static func resolve(_ location: String, from current: HTTPAddress) -> HTTPAddress? {
        let location = location.trimmingASCIIWhitespace
        if location.hasPrefix("//") {
            return HTTPAddress(parsing: "\(current.origin.isSecure ? "https" : "http"):\(location)")
        }
        if location.hasPrefix("/") { return HTTPAddress(parsing: "\(current.origin)\(location)") }
        if location.prefix(while: { $0 != "/" && $0 != "?" && $0 != "#" }).contains(":") {
            return HTTPAddress(parsing: location)
        }
        let path = current.target.prefix { $0 != "?" }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return location.isEmpty ? nil : HTTPAddress(parsing: "\(current.origin)\(folder)\(location)")
    }
}
