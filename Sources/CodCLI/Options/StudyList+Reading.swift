import CodCore
import SystemPackage

extension StudyList {
    /// All of a file, or of standard input for `-`; an error when there is more than ``maximumByteCount``.
    static func readWhole(_ path: String) throws -> ByteChunk {
        let file = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
        defer { if path != "-" { try? file.close() } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return ByteChunk(bytes) }
            bytes += buffer.prefix(count)
            guard bytes.count <= maximumByteCount else {
                throw CodError(
                    .invalidIdentifier, "The list of studies \(path) has more than \(maximumByteCount) bytes.",
                    recovery: "Split it.", reach: .job)
            }
        }
    }
}
