import CodCore
import SystemPackage

/// A file without a name, for what is too large to be held.
struct Spool: Sendable {
    let file: OpenFile
    private let names: StudyZip.Names
    private let usesUnnamedFiles: Bool
    private(set) var byteCount: Int64 = 0
    private var running = RunningCRC32C()

    /// The crc32c of what it holds.
    var checksum: CRC32C { running.checksum }

    /// Makes one where a study's zip is.
    init(beside names: StudyZip.Names, usesUnnamedFiles: Bool) throws(CodError) {
        self.names = names
        self.usesUnnamedFiles = usesUnnamedFiles
        do {
            file = try Self.make(in: names.folder, usesUnnamedFiles: usesUnnamedFiles)
        } catch {
            throw CodError.file("make a file in", names.folderPath, error)
        }
    }

    mutating func write(_ bytes: RawSpan) throws(CodError) {
        do { try file.writeAll(bytes, at: byteCount) } catch { throw failure(error) }
        running.update(bytes)
        byteCount += Int64(bytes.byteCount)
    }

    /// Another one that holds what this one is the deflate stream of, `byteCount` bytes.
    func inflated(to byteCount: Int64) throws -> Spool {
        var result = try Spool(beside: names, usesUnnamedFiles: usesUnnamedFiles)
        let inflater = try EntryInflater()
        var offset: Int64 = 0
        while offset < self.byteCount {
            let chunk: ByteChunk
            do { chunk = try file.readChunk(at: offset, byteCount: 1 << 18) } catch { throw failure(error) }
            if chunk.count == 0 { break }
            offset += Int64(chunk.count)
            let outcome = try chunk.withBytes { bytes throws in try inflater.inflate(bytes) { try result.write($0) } }
            if outcome == .invalid { throw CodError(.writeFailed, "What was packed cannot be unpacked.", reach: .instance) }
        }
        guard result.byteCount == byteCount else { throw failure(.ioError) }
        return result
    }

    private func failure(_ errno: Errno) -> CodError { CodError.file("write a file in", names.folderPath, errno) }

    private static func make(in folder: OpenFile, usesUnnamedFiles: Bool) throws(Errno) -> OpenFile {
        if usesUnnamedFiles {
            do { return try folder.createUnnamed() } catch .notSupported {}
        }
        let name = ZipFile.temporaryName(for: "spool\(ZippedStudy.suffix)")
        let file = try folder.openWriting(name)
        try folder.removeFile(name)
        return file
    }
}
