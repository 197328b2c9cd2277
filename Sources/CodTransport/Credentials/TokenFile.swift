import CodCore
import SystemPackage

/// A token in a file, which somebody else may renew: after a 401 the file is read again.
///
/// However many requests are refused at a time, the file is read once for all of them.
public actor TokenFile: Credentials {
    /// The largest file that is taken for a token, in bytes.
    static let maximumByteCount = 64 << 10

    /// The file.
    public nonisolated let path: String
    private var current: Secret?
    private var reading: Task<Secret, any Error>?

    /// The token in a file, read when it is first needed.
    public init(_ path: String) {
        self.path = path
    }

    /// The file's content without spaces and line breaks around it. Throws ``CodError/Code/unauthorized`` naming the file.
    public func token() async throws -> Secret? {
        if let current { return current }
        return try await read()
    }

    /// What the file holds now; `nil` when that is still the token that was refused.
    public func replacement(for refused: Secret?) async throws -> Secret? {
        if let current, current != refused { return current }
        let token = try await read()
        return token == refused ? nil : token
    }

    private func read() async throws -> Secret {
        if let reading { return try await reading.value }
        let task = Task { [path] in try await offTaskThreads { try Self.content(of: path) } }
        reading = task
        defer { reading = nil }
        let token = try await task.value
        current = token
        return token
    }

    private static func content(of path: String) throws -> Secret {
        let bytes: ArraySlice<UInt8>
        do {
            bytes = try beginning(of: FilePath(path), byteCount: maximumByteCount + 1)
        } catch let errno as Errno {
            throw unusable("The token file \(path) cannot be read: \(errno).")
        }
        guard bytes.count <= maximumByteCount else {
            throw unusable("The token file \(path) has more than \(maximumByteCount) bytes: it is no token.")
        }
        guard let token = try TokenText.read(String(decoding: bytes, as: UTF8.self), from: "The token file \(path)") else {
            throw unusable("The token file \(path) is empty.")
        }
        return token
    }

    /// Reads in order and without seeking: the file may be a pipe.
    static func beginning(of path: FilePath, byteCount: Int) throws -> ArraySlice<UInt8> {
        let file = try FileDescriptor.open(path, .readOnly)
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

    private static func unusable(_ message: String) -> CodError {
        CodError(.unauthorized, message, recovery: "Write the token, and nothing else, into the file.", reach: .job)
    }
}
