/// The hosts that are spoken to without a proxy: what `NO_PROXY` holds.
///
/// A list with commas or spaces between: `*` for every host; a name for itself and all names below it, with or without a dot or
/// `*.` in front; an IP address or a block of them (`10.0.0.0/8`); each but `*` and blocks with `:port` where only that port is
/// meant. Case does not matter. What is none of these is passed over.
struct ProxyExceptions {
    private enum Entry {
        case everything
        case name(String, port: Int?)
        case network(IPAddress, bitCount: Int, port: Int?)
    }

    private let entries: [Entry]

    init(_ text: String) {
        entries = text.lowercased().split { $0 == "," || $0.isWhitespace }.compactMap(Self.entry)
    }

    /// Whether a host is spoken to without a proxy. The host is a name or an IP address without brackets.
    func contains(host: String, port: Int) -> Bool {
        let host = Self.withoutLastDot(host.lowercased())
        let address = IPAddress(host)
        return entries.contains { entry in
            switch entry {
            case .everything: true
            case .name(let name, let only):
                (only ?? port) == port && address == nil && (host == name || host.hasSuffix(".\(name)"))
            case .network(let network, let bitCount, let only):
                (only ?? port) == port && address?.isWithin(network, bitCount: bitCount) == true
            }
        }
    }

    private static func entry(_ text: Substring) -> Entry? {
        if text == "*" { return .everything }
        if let slash = text.firstIndex(of: "/") {
            guard let network = IPAddress(unbracketed(text[..<slash])), let bitCount = Int(text[text.index(after: slash)...]),
                (0...network.bytes.count * 8).contains(bitCount)
            else { return nil }
            return .network(network, bitCount: bitCount, port: nil)
        }
        guard let (host, port) = hostAndPort(text) else { return nil }
        if let address = IPAddress(host) { return .network(address, bitCount: address.bytes.count * 8, port: port) }
        let name = withoutLastDot(String(host.drop { $0 == "*" || $0 == "." }))
        return name.isEmpty ? nil : .name(name, port: port)
    }

    private static func hostAndPort(_ text: Substring) -> (Substring, Int?)? {
        let colons = text.filter { $0 == ":" }.count
        // An IPv6 address without brackets has colons of its own, and no port.
        guard text.hasPrefix("[") || colons == 1 else { return (text, nil) }
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        guard let end else { return nil }
        let host = unbracketed(text[..<end])
        if end == text.endIndex { return (host, nil) }
        guard text[end] == ":", let port = UInt16(text[text.index(after: end)...]), port > 0 else { return nil }
        return (host, Int(port))
    }

    private static func unbracketed(_ text: Substring) -> Substring {
        text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
    }

    /// A name whose last dot says that it is whole is the same name.
    private static func withoutLastDot(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }
}
