import CodCore
import Hummingbird
import NIOCore
import SystemPackage

/// A zip that is open for reading: it stays whole for its reader, whatever becomes of its name.
final class OpenZip: Sendable {
    let byteCount: Int64
    private let file: SystemPackage.FileDescriptor

    /// Opens it. Blocks.
    init(at path: String) throws {
        file = try SystemPackage.FileDescriptor.open(FilePath(path), .readOnly)
        byteCount = try file.seek(offset: 0, from: .end)
    }

    deinit { try? file.close() }

    /// Its bytes, 1 MiB at a time; the next are read when those before have been taken.
    var body: ResponseBody {
        ResponseBody(contentLength: Int(byteCount)) { writer in
            var offset: Int64 = 0
            while offset < self.byteCount {
                let chunk = try await self.read(at: offset)
                // A shorter body than was announced: the connection breaks, and the caller sees it.
                guard chunk.readableBytes > 0 else {
                    throw CodError(.truncated, "The zip ends at byte \(offset) of \(self.byteCount).")
                }
                offset += Int64(chunk.readableBytes)
                try await writer.write(chunk)
            }
            try await writer.finish(nil)
        }
    }

    private func read(at offset: Int64) async throws -> ByteBuffer {
        let count = Int(min(byteCount - offset, 1 << 20))
        return try await offTaskThreads { [file] in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { room in
                try file.read(fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(count)))
            }
            return buffer
        }
    }
}
