/// An `http` or `https` address taken apart.
struct HTTPAddress: Hashable {
    /// Whom a request goes to; a token given for one origin is never sent to another.
    struct Origin: Hashable, CustomStringConvertible {
        let isSecure: Bool
        /// Lower case; an IPv6 address without its brackets.
        let host: String
        let port: Int

        /// `scheme://host[:port]`; the scheme's own port is left out.
        var description: String {
            let scheme = isSecure ? "https" : "http"
            return port == (isSecure ? 443 : 80) ? "\(scheme)://\(bracketedHost)" : "\(scheme)://\(hostAndPort)"
        }

        /// `host:port`, as messages about connections name it.
        var hostAndPort: String { "\(bracketedHost):\(port)" }

        /// Whether requests do not leave this machine.
        var isLoopback: Bool {
            if host == "localhost" || host == "::1" { return true }
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        }

        /// Whether what is sent there may be read on its way: plain `http` to another machine.
        var isExposed: Bool { !isSecure && !isLoopback }

        /// Whether it is one of Google's services, spoken to over `https`.
        var isGoogles: Bool { isSecure && host.hasSuffix(".googleapis.com") }

        private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
    }

    let origin: Origin
    /// Path and query as they are sent: percent-encoded, beginning with `/`.
    let target: String

    init(origin: Origin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// Reads an absolute address. `nil` for any other scheme, for user names and passwords in it, for a host or port that
    /// cannot be one, and for characters that have no place in an address. A fragment is left out.
    init?(parsing text: some StringProtocol) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        guard let schemeEnd = text.firstRange(of: "://") else { return nil }
        let isSecure: Bool
        switch text[..<schemeEnd.lowerBound].lowercased() {
        case "http": isSecure = false
        case "https": isSecure = true
        default: return nil
        }
        let rest = text[schemeEnd.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        origin = Origin(isSecure: isSecure, host: host, port: port ?? (isSecure ? 443 : 80))
        let target = rest[authority.endIndex...]
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
    }

    /// The whole address.
    var url: String { "\(origin)\(target)" }

    private static func hostAndPort(_ authority: some StringProtocol) -> (host: String, port: Int?)? {
        let isIPv6 = authority.hasPrefix("[")
        let host = isIPv6 ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        guard !host.isEmpty, host.utf8.allSatisfy(isIPv6 ? isIPv6Byte : isNameByte) else { return nil }
        var rest = authority[host.endIndex...]
        if isIPv6 {
            guard rest.first == "]" else { return nil }
            rest = rest.dropFirst()
        }
        if rest.isEmpty { return (host.lowercased(), nil) }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (host.lowercased(), Int(port))
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        ObjectName.isUnreserved(byte) && byte != UInt8(ascii: "~")
    }

    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || Character(UnicodeScalar(byte)).isHexDigit
    }
}
