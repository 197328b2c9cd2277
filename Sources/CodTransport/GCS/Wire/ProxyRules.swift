import CodCore

/// Which requests go through which proxy, by the variables that other tools read too.
///
/// - For https: the first that is there of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY`, `all_proxy`.
/// - For plain http: of `http_proxy`, `ALL_PROXY`, `all_proxy`. `HTTP_PROXY` is not read: where a web server runs programs, that
///   variable is what a stranger wrote into a request's `Proxy` header.
/// - `NO_PROXY`, else `no_proxy`, lists hosts that are spoken to directly; see ``ProxyExceptions``.
/// - This machine (`localhost`, `127.0.0.0/8`, `::1`) is always spoken to directly.
///
/// A variable that is empty counts as none.
public struct ProxyRules: Sendable {
    private let variables: [String: Secret]

    private static let secure = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    private static let plain = ["http_proxy", "ALL_PROXY", "all_proxy"]
    private static let exceptions = ["NO_PROXY", "no_proxy"]

    /// The rules that an environment gives. What cannot be understood is thrown where a request would need it.
    public init(environment: [String: String]) {
        variables = Dictionary(
            uniqueKeysWithValues: Set(Self.secure + Self.plain + Self.exceptions).compactMap { name in
                environment[name].map { (name, Secret($0.trimmingASCIIWhitespace)) }
            }
        ).filter { !$0.value.value.isEmpty }
    }

    /// No proxy for anything.
    public static var none: ProxyRules { ProxyRules(environment: [:]) }

    /// The proxy on the way to a host; `nil` for none. Throws ``CodError/Code/invalidSource`` for one that cannot be used.
    func proxy(for origin: HTTPAddress.Origin) throws(CodError) -> Proxy? {
        if origin.isLoopback { return nil }
        guard let found = first(of: origin.isSecure ? Self.secure : Self.plain) else { return nil }
        if let list = first(of: Self.exceptions),
            ProxyExceptions(list.text).contains(host: origin.host, port: origin.port)
        {
            return nil
        }
        return try Proxy(parsing: found.text, from: found.name)
    }

    private func first(of names: [String]) -> (name: String, text: String)? {
        for name in names { if let value = variables[name] { return (name, value.value) } }
        return nil
    }
}
