import CodCore
import SystemPackage

/// Small files of the system's, whose size is not known beforehand.
enum FileText {
    /// Up to 64 KiB of it; nothing when it cannot be read.
    static func content(of path: String) -> String {
        let file = try? OpenFile(FileDescriptor.open(path, .readOnly))
        let chunk = try? file?.readChunk(at: 0, byteCount: 64 << 10)
        return chunk?.withBytes { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } } ?? ""
    }
}
