import CodCore
import SystemPackage

extension Config {
    /// The largest file that is read, in bytes.
    static let maximumByteCount = 1 << 20

    /// Where the file is looked for: `COD_CONFIG`, else `cod/config.toml` in `XDG_CONFIG_HOME`, else in `~/.config`. `isNamed`: the user
    /// named it, so it must be there. `nil`: nowhere.
    static func place(environment: [String: String]) -> (path: String, isNamed: Bool)? {
        if let path = environment["COD_CONFIG"], !path.isEmpty { return path == "/dev/null" ? nil : (path, true) }
        // The specification has relative paths ignored.
        let folder =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment["HOME"].flatMap { $0.isEmpty ? nil : "\($0)/.config" }
        return folder.map { ("\($0)/cod/config.toml", false) }
    }

    /// Reads the file of an environment; `nil` where there is none. Throws an error of usage for one that cannot be used.
    static func find(environment: [String: String]) throws(CodError) -> Config? {
        guard let (path, isNamed) = place(environment: environment) else { return nil }
        let bytes: [UInt8]
        let permissions: UInt16
        do {
            guard let content = try content(of: path, isNamed: isNamed) else { return nil }
            (bytes, permissions) = content
        } catch let error as CodError {
            throw error
        } catch {
            throw unusable(
                error as? Errno == .invalidArgument ? "it is no regular file" : "\(error)", in: path,
                "Name another in COD_CONFIG; COD_CONFIG=/dev/null goes without.")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw unusable("it is no UTF-8", in: path, "Save it as UTF-8.")
        }
        var config = try Config(parsing: text, path: path, home: environment["HOME"])
        config.permissions = permissions
        return config
    }

    /// `nil` where there is no file, and need not be.
    private static func content(of path: String, isNamed: Bool) throws -> (bytes: [UInt8], permissions: UInt16)? {
        guard let file = try open(path, isNamed: isNamed) else { return nil }
        var bytes: [UInt8] = []
        while bytes.count <= maximumByteCount {
            let chunk = try file.readChunk(at: Int64(bytes.count), byteCount: 64 << 10)
            if chunk.count == 0 { break }
            append(chunk, to: &bytes)
        }
        guard bytes.count <= maximumByteCount else {
            throw unusable("it has more than \(maximumByteCount) bytes", in: path, "Name another in COD_CONFIG.")
        }
        return (bytes, try permissions(of: file))
    }

    private static func open(_ path: String, isNamed: Bool) throws(Errno) -> OpenFile? {
        do {
            return try OpenFile.folder(at: path.hasPrefix("/") ? "/" : ".").fileFollowing(path)
        } catch {
            let isMissing = error == .noSuchFileOrDirectory || error == .notDirectory
            if isMissing, !isNamed { return nil }
            throw error
        }
    }

    private static func permissions(of file: OpenFile) throws -> UInt16 {
        let status = try file.descriptor.stat()
        withExtendedLifetime(file) {}
        return UInt16(truncatingIfNeeded: status.permissions.rawValue & 0o777)
    }

    private static func append(_ chunk: ByteChunk, to bytes: inout [UInt8]) {
        chunk.withBytes { span in span.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    }
}
