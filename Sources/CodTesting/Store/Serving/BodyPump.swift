internal import CodCore
internal import HummingbirdCore
internal import NIOCore

/// Sends a body as its plan wants it: cut, damaged, held up or slowed down.
struct BodyPump {
    let plan: ReplyPlan
    let connection: LoopbackConnection
    let timing: Timing
    /// Told of bytes before they are written, and whether they are the last ones.
    let willSend: (_ byteCount: Int, _ isLast: Bool) -> Void

    private static let largestPiece = 1 << 20

    /// Returns when all that is to be sent was handed on; whether the answer is then ended is the caller's business.
    @concurrent
    func run(to writer: inout any ResponseBodyWriter) async throws {
        var source = try BodySource(plan.body)
        var sentByteCount: Int64 = 0
        var stall = plan.stall
        let start = timing.now()
        while true {
            if let held = stall, held.afterByteCount <= sentByteCount {
                stall = nil
                try await connection.wait(for: held.gate)
            }
            let room = min(plan.byteLimit, stall?.afterByteCount ?? .max) - sentByteCount
            let offset = source.offset
            guard room > 0, let piece = try await source.next(byteCount: Int(min(room, Int64(largestPiece)))) else {
                // A body that ends before the stall stalls at its end.
                if let held = stall { try await connection.wait(for: held.gate) }
                return
            }
            sentByteCount += Int64(piece.readableBytes)
            try await pause(until: sentByteCount, since: start)
            willSend(piece.readableBytes, sentByteCount == plan.plannedByteCount)
            try await writer.write(damaged(piece, at: offset))
        }
    }

    /// Slow answers go out in pieces of a twentieth of a second.
    private var largestPiece: Int {
        let paced = plan.bytesPerSecond.map { Int(clamping: max(1, $0 / 20)) } ?? Self.largestPiece
        return min(Self.largestPiece, paced, plan.drip?.byteCount ?? Self.largestPiece)
    }

    private func pause(until sentByteCount: Int64, since start: Duration) async throws {
        if let drip = plan.drip { try await timing.sleep(drip.pause) }
        guard let rate = plan.bytesPerSecond, rate > 0 else { return }
        let wait = start + .seconds(Double(sentByteCount) / Double(rate)) - timing.now()
        if wait > .zero { try await timing.sleep(wait) }
    }

    private func damaged(_ piece: ByteBuffer, at offset: Int64) -> ByteBuffer {
        var piece = piece
        for flipped in plan.flippedOffsets where flipped >= offset && flipped < offset + Int64(piece.readableBytes) {
            let index = piece.readerIndex + Int(flipped - offset)
            if let byte = piece.getInteger(at: index, as: UInt8.self) { piece.setInteger(~byte, at: index) }
        }
        return piece
    }
}
