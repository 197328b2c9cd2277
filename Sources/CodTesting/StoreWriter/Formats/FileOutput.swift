import CodCore
import SystemPackage

/// A file that is written from one end to the other, small pieces of it gathered.
///
/// It lives inside one call that writes a series; nothing is written after a failure.
final class FileOutput: ByteOutput {
    private static let gatheredByteCount = 1 << 16

    private let file: OpenFile
    private let path: String
    private var gathered: [UInt8] = []

    /// Writes from where the file stands. `path` is for messages.
    init(_ file: OpenFile, path: String) {
        self.file = file
        self.path = path
    }

    func write(_ bytes: RawSpan) throws {
        if gathered.count + bytes.byteCount > Self.gatheredByteCount { try flush() }
        try bytes.withUnsafeBytes { bytes in
            if bytes.count < Self.gatheredByteCount { gathered.append(contentsOf: bytes) } else { try writeAll(bytes) }
        }
    }

    /// Writes what is gathered.
    func flush() throws {
        try gathered.withUnsafeBytes(writeAll)
        gathered.removeAll(keepingCapacity: true)
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        var left = bytes
        do {
            while !left.isEmpty {
                left = UnsafeRawBufferPointer(rebasing: left.dropFirst(try file.descriptor.write(left)))
            }
        } catch let errno as Errno { throw CodError.file("write", path, errno) }
    }
}
