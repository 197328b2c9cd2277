import AsyncHTTPClient
import CodCore

/// A proxy that requests are sent through.
struct Proxy: Hashable, Sendable, CustomStringConvertible {
    enum Kind: Hashable, Sendable {
        /// Asked for a tunnel with `CONNECT`, for plain http as well as for https.
        case http
        /// SOCKS 5, without a password; names are resolved by the proxy.
        case socks
    }

    /// Who we are to the proxy.
    struct Login: Hashable, Sendable {
        let user: String
        let password: Secret
    }

    let kind: Kind
    /// A name, or an IP address without brackets.
    let host: String
    let port: Int
    let login: Login?
    /// The variable that names it.
    let variable: String

    /// `host:port`, and never a user or password.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Reads `[http://][USER[:PASSWORD]@]HOST[:PORT]`, or the same with `socks5://` or `socks5h://` and no user. `%XX` in user and
    /// password is decoded. Without a port it is 80, of SOCKS 1080. Throws ``CodError/Code/invalidSource``, naming the variable and
    /// nothing of what it holds: a password may stand anywhere in there.
    init(parsing text: String, from variable: String) throws(CodError) {
        func unusable(_ reason: String) -> CodError {
            CodError(
                .invalidSource, "The proxy in the environment variable \(variable) cannot be used: \(reason).",
                recovery: "It is written http://HOST:PORT, with USER:PASSWORD@ before the host where the proxy wants that.",
                reach: .job)
        }
        let text = text.trimmingASCIIWhitespace
        let schemeEnd = text.firstRange(of: "://")
        switch schemeEnd.map({ text[..<$0.lowerBound].lowercased() }) {
        case nil, "http"?: kind = .http
        case "socks5"?, "socks5h"?: kind = .socks
        case "https"?: throw unusable("proxies that are themselves spoken to over https are not supported")
        case "socks"?, "socks4"?, "socks4a"?: throw unusable("of SOCKS only version 5 is supported (socks5://)")
        default: throw unusable("it begins with no scheme of a proxy")
        }
        let rest = text[(schemeEnd?.upperBound ?? text.startIndex)...]
        let authority = rest.prefix { !"/?#".contains($0) }
        // Part of the password would be taken for the host, and shown as that.
        guard !rest[authority.endIndex...].contains("@") else {
            throw unusable("a slash, ? or # in its user name or password must be written %XX")
        }
        let hostStart = authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex
        guard let address = HTTPAddress(parsing: "http://\(authority[hostStart...])") else {
            throw unusable("it names no host and port")
        }
        let hasPort = authority[hostStart...].last { $0 == ":" || $0 == "]" } == ":"
        host = address.origin.host
        port = kind == .socks && !hasPort ? 1080 : address.origin.port
        self.variable = variable
        guard hostStart > authority.startIndex else {
            login = nil
            return
        }
        guard kind == .http else { throw unusable("user names at SOCKS proxies are not supported") }
        guard let login = Login(parsing: authority[..<authority.index(before: hostStart)]) else {
            throw unusable("its user name or password has a % that is no %XX, or a character that cannot be sent")
        }
        self.login = login
    }

    /// The same, as the HTTP client wants it.
    var configuration: HTTPClient.Configuration.Proxy {
        switch kind {
        case .http:
            .server(
                host: host, port: port,
                authorization: login.map { .basic(username: $0.user, password: $0.password.value) })
        case .socks: .socksServer(host: host, port: port)
        }
    }

    /// The value of `Proxy-Authorization`; `nil` for a proxy that is not told who we are.
    var authorization: Secret? { configuration.authorization.map { Secret($0.headerValue) } }
}

extension Proxy.Login {
    /// Reads `USER[:PASSWORD]`; `nil` where it cannot be sent.
    fileprivate init?(parsing text: Substring) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let user = parts.first.flatMap({ percentDecoded($0) }),
            let password = parts.count > 1 ? percentDecoded(parts[1]) : "",
            // The colon ends the user's name where the proxy takes them apart.
            !user.contains(":"), !(user + password).unicodeScalars.contains(where: \.isControl)
        else { return nil }
        self.init(user: user, password: Secret(password))
    }
}
