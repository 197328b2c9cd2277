import CZlib
import CZstd
import CodCore
import CodTesting
import Foundation
import Testing

/// A folder for one test, gone with it.
final class WriterScratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cod-writer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    /// The paths of all files, sorted.
    var files: [String] {
        let all = FileManager.default.subpaths(atPath: path) ?? []
        return all.filter { name in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// A metadata.json, expanded where it is compressed, as JSON.
    func metadata(_ name: String) throws -> [String: Any] {
        let bytes = try bytes(name)
        let text = bytes.starts(with: [0x1F, 0x8B]) ? try gunzip(bytes) : bytes
        return try #require(try JSONSerialization.jsonObject(with: Data(text)) as? [String: Any])
    }

    /// The records of a metadata.json.
    func records(_ name: String) throws -> [String: [String: Any]] {
        let cod = try #require(try metadata(name)["cod"] as? [String: Any])
        return try #require(cod["instances"] as? [String: [String: Any]])
    }
}

/// Expands gzip with zlib itself.
func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    try #require(inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { inflateEnd(&stream) }
    var input = bytes
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let size = buffer.count
    try input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        while true {
            let status = buffer.withUnsafeMutableBufferPointer { buffer in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(size)
                return inflate(&stream, Z_NO_FLUSH)
            }
            result += buffer[..<(size - Int(stream.avail_out))]
            if status == Z_STREAM_END { return }
            try #require(status == Z_OK)
        }
    }
    return result
}

/// Expands a zstd frame that says how long its content is.
func unzstd(_ bytes: [UInt8]) throws -> [UInt8] {
    let size = ZSTD_getFrameContentSize(bytes, bytes.count)
    try #require(size < 1 << 30)
    var result = [UInt8](repeating: 0, count: Int(size))
    try #require(ZSTD_decompress(&result, result.count, bytes, bytes.count) == result.count)
    return result
}

/// Where a program is; `nil` when it is not installed.
func program(_ name: String) -> String? {
    let folders =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/local/bin", "/opt/homebrew/bin"]
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// What a program says on both outputs, and its exit code.
func run(_ program: String, _ arguments: [String]) throws -> (output: String, code: Int32) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
}

/// The code of the error that `body` throws; `nil` when it throws none, or another kind of error.
func thrownCode(_ body: () throws -> Void) -> CodError.Code? {
    do {
        try body()
        return nil
    } catch { return (error as? CodError)?.code }
}
