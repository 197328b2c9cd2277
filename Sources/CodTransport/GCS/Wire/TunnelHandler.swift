import NIOCore
import NIOSSL

/// Asks a proxy for a tunnel and notes the status of the answer; goes on with the handshake in a tunnel that was given.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// More than this is no head of an answer.
    private static let maximumByteCount = 16 << 10

    private let origin: HTTPAddress.Origin
    private let authorization: Secret?
    private let notes: Notes
    private var received: [UInt8] = []

    init(to origin: HTTPAddress.Origin, authorization: Secret?, _ notes: Notes) {
        self.origin = origin
        self.authorization = authorization
        self.notes = notes
    }

    func channelActive(context: ChannelHandlerContext) {
        let login = authorization.map { "proxy-authorization: \($0.value)\r\n" } ?? ""
        let request = "CONNECT \(origin.hostAndPort) HTTP/1.1\r\nhost: \(origin.hostAndPort)\r\n\(login)\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        guard received.count <= Self.maximumByteCount else { return context.close(promise: nil) }
        guard let status = ProxyAnswer.status(in: received) else { return }
        notes.note(proxyStatus: status)
        guard (200..<300).contains(status), origin.isSecure,
            let handler = try? notes.tlsHandler(for: origin, on: context.eventLoop)
        else {
            return context.close(promise: nil)
        }
        // The host says nothing before its handshake is begun, so nothing of it has come with the proxy's answer.
        do {
            try context.pipeline.syncOperations.addHandler(handler)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The head of a proxy's answer.
enum ProxyAnswer {
    /// The status of a head that is there whole; `nil` before that, and for what is no head.
    static func status(in bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.indices.contains(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), (100...999).contains(status) else {
            return nil
        }
        return status
    }
}
