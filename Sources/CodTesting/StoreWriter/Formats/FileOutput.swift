import CodCore
import SystemPackage

/// A file that is written from one end to the other, small pieces of it gathered, large ones of nothing but zeros left as holes.
///
/// It lives inside one call that writes a series; nothing is written after a failure.
final class FileOutput: ByteOutput {
    private static let gatheredByteCount = 1 << 16

    private let file: OpenFile
    private let path: String
    private var gathered: [UInt8] = []
    /// Whether the file ends before what was written does.
    private var endsWithHole = false

    /// Writes from where the file stands. `path` is for messages.
    init(_ file: OpenFile, path: String) {
        self.file = file
        self.path = path
    }

    func write(_ bytes: RawSpan) throws {
        if gathered.count + bytes.byteCount > Self.gatheredByteCount { try flush() }
        try bytes.withUnsafeBytes { bytes in
            if bytes.count < Self.gatheredByteCount {
                gathered.append(contentsOf: bytes)
            } else if bytes.allSatisfy({ $0 == 0 }) {
                try leaveHole(of: bytes.count)
            } else {
                try writeAll(bytes)
            }
        }
    }

    /// Writes what is gathered; the file is then as long as all that was written.
    func flush() throws {
        try gathered.withUnsafeBytes(writeAll)
        gathered.removeAll(keepingCapacity: true)
        guard endsWithHole else { return }
        try reporting { try file.descriptor.resize(to: try file.descriptor.seek(offset: 0, from: .current)) }
        endsWithHole = false
    }

    private func leaveHole(of byteCount: Int) throws {
        try reporting { _ = try file.descriptor.seek(offset: Int64(byteCount), from: .current) }
        endsWithHole = true
    }

    private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
        guard !bytes.isEmpty else { return }
        var left = bytes
        try reporting {
            while !left.isEmpty {
                left = UnsafeRawBufferPointer(rebasing: left.dropFirst(try file.descriptor.write(left)))
            }
        }
        endsWithHole = false
    }

    private func reporting(_ body: () throws -> Void) throws {
        do { try body() } catch let errno as Errno { throw CodError.file("write", path, errno) }
    }
}
