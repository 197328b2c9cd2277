internal import CCodSystem
package import SystemPackage

extension OpenFile {
    /// Copies bytes of another file, which must have them, to an offset in this one: by the system alone where it can do that. Throws
    /// `.invalidArgument` when the other one ends too early.
    package func copy(_ byteCount: Int64, from source: OpenFile, at sourceOffset: Int64, to offset: Int64) throws(Errno) {
        var copied: Int64 = 0
        while copied < byteCount {
            // No more at a time than a second or so takes, whatever the disk.
            let count = min(byteCount - copied, 64 << 20)
            let result = cod_copy_range(
                source.descriptor.rawValue, sourceOffset + copied, descriptor.rawValue, offset + copied, count)
            if result > 0 {
                copied += result
            } else if result == 0 || result == Int64(-Errno.notSupported.rawValue) {
                // Some file systems answer 0 for what they can read all the same.
                copied += try copyByReading(min(count, 1 << 20), from: source, at: sourceOffset + copied, to: offset + copied)
            } else {
                throw Errno(rawValue: CInt(clamping: -result))
            }
        }
    }

    private func copyByReading(
        _ byteCount: Int64, from source: OpenFile, at sourceOffset: Int64, to offset: Int64
    ) throws(Errno) -> Int64 {
        let chunk = try source.readChunk(at: sourceOffset, byteCount: Int(byteCount))
        if chunk.count == 0 { throw .invalidArgument }
        try chunk.withBytes { (bytes) throws(Errno) in try writeAll(bytes, at: offset) }
        return Int64(chunk.count)
    }
}
