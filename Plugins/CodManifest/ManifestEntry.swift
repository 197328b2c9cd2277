internal import CodCore

/// The lines of one file in a list of checksums: a comment for people and scripts, and the line that `sha256sum -c` reads.
struct ManifestEntry {
    let text: String

    /// Reads the file as it is on the disk. Throws when it is not what was saved. Blocks on the disk.
    init(reading saved: SavedInstance, named name: String) throws {
        var digest = RunningSHA256()
        var checksum = RunningCRC32C()
        var byteCount: Int64 = 0
        try saved.forEachChunk { chunk in
            digest.update(chunk)
            checksum.update(chunk)
            byteCount += Int64(chunk.count)
        }
        let expected = saved.checksum ?? saved.instance.checksum
        guard expected == nil || expected == checksum.checksum, byteCount == saved.instance.byteCount else {
            throw Self.difference(of: saved, byteCount: byteCount, checksum: checksum.checksum, expected: expected)
        }
        // A line with a backslash in front has backslashes and line ends in its name escaped (GNU coreutils, "md5sum invocation").
        let escaped = name.reduce(into: "") { $0 += $1 == "\\" ? "\\\\" : $1 == "\n" ? "\\n" : String($1) }
        text = "# \(checksum.checksum) \(byteCount) \(escaped)\n\(escaped == name ? "" : "\\")\(digest.hexDigest)  \(escaped)\n"
    }

    private static func difference(
        of saved: SavedInstance, byteCount: Int64, checksum: CRC32C, expected: CRC32C?
    ) -> CodError {
        let before = expected.map { " with crc32c \($0)" } ?? ""
        return CodError(
            .checksumMismatch,
            "\(saved.location) no longer holds what was saved: \(byteCount) bytes with crc32c \(checksum), "
                + "instead of \(saved.instance.byteCount) bytes\(before).",
            recovery: "Check the disk, delete the file, and run the same command again: it is fetched anew.", reach: .study
        ).located(in: saved.instance.series, instance: saved.instance.uid)
    }
}
