import CodCore

/// What the output's disk comes to. Pure.
extension Diagnosis {
    static func output(_ place: DiskPlace) -> Diagnosis {
        var message = "\(place.path)\(place.isThere ? "" : " (not there yet; looked at \(place.nearest))") on \(place.kind)"
        guard let free = place.freeByteCount else {
            return .ok(.output, "\(message), which does not tell how much room is left")
        }
        message += ", \(Amount.bytes(free)) free"
        var measures = ["freeBytes": Double(free)]
        if let count = place.freeFileCount { measures["freeFiles"] = Double(count) }
        if free < 1 << 30 {
            return .warning(.output, message, "Free some space, or choose another folder: studies take gigabytes.", measures)
        }
        if let count = place.freeFileCount, count < 10_000 {
            return .warning(
                .output, "\(message), and room for \(count) more files", "Free some inodes, or use --zip-only.", measures)
        }
        return .ok(.output, message, measures)
    }

    /// - Parameter networkRate: what the streams brought, in bytes a second, where that is known.
    static func disk(_ speed: DiskSpeed, kind: String, networkRate: Double?) -> Diagnosis {
        let rate = speed.seconds > 0 ? Double(speed.byteCount) / speed.seconds : 0
        let measures = ["bytes": Double(speed.byteCount), "seconds": speed.seconds, "bytesPerSecond": rate]
        var message = "\(Amount.bytes(Int64(rate)))/s written and synced (\(Amount.bytes(speed.byteCount)))"
        var notes: [String] = []
        if speed.ignoresCase { notes.append("names that differ in case alone are one") }
        if !speed.hasUnnamedFiles { notes.append("no nameless files (O_TMPFILE): partial files have names in .cod/partial") }
        if ["nfs", "cifs", "smb", "fuse", "9p"].contains(kind) { notes.append("a network or user-space file system") }
        if kind == "tmpfs" { notes.append("it lies in memory") }
        if !notes.isEmpty { message += "; \(notes.joined(separator: "; "))" }
        if let networkRate, rate < networkRate * 0.8 {
            return .warning(
                .disk, "\(message); the network brings \(Amount.bytes(Int64(networkRate)))/s",
                "The disk is the narrow place: choose a faster one, or --zip-only for fewer files.", measures)
        }
        if rate < 5_000_000 {
            return .warning(.disk, message, "Choose a faster disk: a gigabyte takes minutes on this one.", measures)
        }
        return .ok(.disk, message, measures)
    }

    static func files(limit: Int?, wanted: Int) -> Diagnosis {
        guard let limit else { return .ok(.files, "no limit is known") }
        let count = OpenFileLimit.connectionCount(upTo: 256, limit: limit)
        let measures = ["limit": Double(limit), "connectionCount": Double(count)]
        let message = "\(limit), enough for \(count >= 256 ? "256" : "\(count)") connections"
        guard count > 0 else {
            return .failed(
                .files,
                CodError(
                    .outputUnusable, "The limit of open files is \(limit), too low to begin.",
                    recovery: "Raise it to \(OpenFileLimit.fileCount(connectionCount: wanted)) or more (ulimit -n).", reach: .job)
            )
        }
        return count < wanted
            ? .warning(.files, message, "Raise it (ulimit -n) to use all \(wanted) --jobs.", measures)
            : .ok(.files, message, measures)
    }
}
