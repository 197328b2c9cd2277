import CodCore
import SystemPackage

/// An instance's file that is to become an entry.
struct EntrySource: Sendable {
    let name: String
    let saved: SavedInstance

    var byteCount: Int64 { saved.instance.byteCount }
    /// What its bytes must be; `nil` when nobody knows.
    var checksum: CRC32C? { saved.checksum ?? saved.instance.checksum }

    /// The archive that confirmed it, where it has no checksum of its own.
    var archiveChecksum: CRC32C? { saved.instance.checksum == nil ? saved.archiveChecksum : nil }

    func open() throws(CodError) -> OpenFile {
        do { return try OpenFile.reading(at: saved.location) } catch { throw failure(error) }
    }

    /// Bytes of the open file. Throws when there are fewer.
    func read(_ file: OpenFile, at offset: Int64, byteCount: Int) throws(CodError) -> ByteChunk {
        let chunk: ByteChunk
        do { chunk = try file.readChunk(at: offset, byteCount: byteCount) } catch { throw failure(error) }
        guard chunk.count == byteCount else { throw changed("it ends after \(offset + Int64(chunk.count)) bytes") }
        return chunk
    }

    /// Fills memory with bytes of the open file. Throws when there are fewer.
    func read(_ file: OpenFile, at offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws(CodError) {
        let count: Int
        do { count = try file.read(into: memory, at: offset) } catch { throw failure(error) }
        guard count == memory.count else { throw changed("it ends after \(offset + Int64(count)) bytes") }
    }

    /// Throws when the file has other than the bytes that were saved.
    func checkEnd(of file: OpenFile) throws(CodError) {
        let found: Int64
        do { found = try file.byteCount() } catch { throw failure(error) }
        if found != byteCount { throw changed("it has \(found) bytes and not \(byteCount)") }
    }

    /// Compares what was read of it with what was saved.
    func check(_ found: CRC32C) throws(CodError) {
        guard let checksum, checksum != found else { return }
        throw changed("its crc32c is \(found) and not \(checksum)")
    }

    private func changed(_ how: String) -> CodError {
        CodError(
            .checksumMismatch, "\(saved.location) no longer holds what was saved: \(how).",
            recovery: "Check the disk, delete the file, and run the same command again: it is fetched anew.", reach: .study
        ).located(in: saved.instance.series, instance: saved.instance.uid)
    }

    private func failure(_ errno: Errno) -> CodError {
        CodError.file("read", saved.location, errno).reaching(.study).located(
            in: saved.instance.series, instance: saved.instance.uid)
    }
}

extension OpenFile {
    /// Fills memory with bytes from an offset on; answers how many there were.
    fileprivate func read(into memory: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int {
        var filled = 0
        do {
            while filled < memory.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
                let count = try descriptor.read(fromAbsoluteOffset: offset + Int64(filled), into: rest)
                if count == 0 { break }
                filled += count
            }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
        return filled
    }
}
