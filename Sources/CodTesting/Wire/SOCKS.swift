internal import NIOCore

/// As much of SOCKS 5 (RFC 1928) as opens a tunnel without a password.
enum SOCKS {
    static let version: UInt8 = 5

    /// Greets, and reads what is asked for; `nil` for what is no request for a tunnel.
    static func head(
        of incoming: inout Tunnel.Incoming, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Tunnel.Head? {
        guard let greeting = try await incoming.take(2), try await incoming.take(Int(greeting[1])) != nil else { return nil }
        try await outbound.write(ByteBuffer(bytes: [version, 0]))
        guard let request = try await incoming.take(4), request[0] == version, request[1] == 1 else { return nil }
        let host: String
        switch request[3] {
        case 1:
            guard let address = try await incoming.take(4) else { return nil }
            host = address.map(String.init).joined(separator: ".")
        case 3:
            guard let count = try await incoming.take(1), let name = try await incoming.take(Int(count[0])) else { return nil }
            host = String(decoding: name, as: UTF8.self)
        default: return nil
        }
        guard let port = try await incoming.take(2) else { return nil }
        return Tunnel.Head(method: "SOCKS", target: "\(host):\(Int(port[0]) << 8 | Int(port[1]))", headers: [:])
    }

    /// The answer to a request, with an address that nobody needs.
    static func reply(_ status: Int) -> ByteBuffer {
        let code: UInt8 =
            switch status {
            case 200: 0
            case 502: 4
            default: 2
            }
        return ByteBuffer(bytes: [version, code, 0, 1, 0, 0, 0, 0, 0, 0])
    }
}
