import SystemPackage

extension FilePath {
    /// The first bytes of a file, up to so many. Reads in order and without seeking: the file may be a pipe.
    func beginning(byteCount: Int) throws -> ArraySlice<UInt8> {
        let file = try FileDescriptor.open(self, .readOnly)
        return try file.closeAfter {
            var bytes = [UInt8](repeating: 0, count: byteCount)
            var filled = 0
            while filled < byteCount {
                let count = try bytes.withUnsafeMutableBytes { memory in
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: memory[filled...]))
                }
                if count == 0 { break }
                filled += count
            }
            return bytes[..<filled]
        }
    }
}
