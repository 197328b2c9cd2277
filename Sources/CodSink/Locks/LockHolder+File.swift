internal import CodCore
internal import SystemPackage

/// Who holds a lock, as a lock file says it while it is held.
extension LockHolder {
    private static let maximumByteCount = 128

    /// Reads a lock file's text; `nil` when it names nobody. Anybody may have written it.
    init?(_ text: some StringProtocol) {
        let words = text.split(separator: "\n", omittingEmptySubsequences: false).first?.split(separator: " ") ?? []
        guard words.count == 2 || words.count == 4 && words[2] == "on", words[0] == "process", let process = Int(words[1]),
            process > 0
        else { return nil }
        let host = words.count == 4 ? String(words[3]) : ""
        guard Self.isHostName(host) else { return nil }
        self.init(process: process, host: host)
    }

    /// Reads who has written into a lock file.
    init?(in file: OpenFile) {
        guard let chunk = try? file.readChunk(at: 0, byteCount: Self.maximumByteCount) else { return nil }
        self.init(chunk.withBytes { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } })
    }

    /// Says it in a lock file, which must be locked. Where that cannot be written nobody is named.
    func note(in file: OpenFile) {
        Self.clear(file)
        try? file.writeAll(ByteChunk("\(title)\n".utf8))
    }

    /// Takes back what was said, before the lock is given up.
    static func clear(_ file: OpenFile) {
        try? file.descriptor.resize(to: 0)
    }
}
