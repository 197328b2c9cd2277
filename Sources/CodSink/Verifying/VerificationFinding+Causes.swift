internal import CodCore
internal import SystemPackage

extension VerificationFinding {
    private static let mend = "Download its study again: only what is lost is fetched."

    static func missing(_ record: SeriesRecords.Record, of series: SeriesID, inItsPlace kind: FileStatus.Kind?) -> Self {
        let cause: String =
            switch kind {
            case nil: "It was saved, and is not there."
            case .link: "It was saved; now a link stands in its place, and links are not followed."
            case .folder: "It was saved; now a folder stands in its place."
            default: "It was saved; now something stands in its place that is no regular file."
            }
        let recovery = kind == .folder ? "Move the folder away. \(mend)" : mend
        return instance(.missing, record, of: series, cause, recovery)
    }

    static func damaged(_ record: SeriesRecords.Record, of series: SeriesID, found: Content) -> Self {
        var cause = "It has \(found.size) bytes; \(record.byteCount) bytes were saved."
        if found.size == record.byteCount, let now = found.checksum, let before = record.checksum {
            cause = "Its \(found.size) bytes have crc32c \(now); crc32c \(before) was saved."
        }
        var finding = instance(.damaged, record, of: series, cause, mend)
        finding.found = found
        return finding
    }

    static func unreadable(_ record: SeriesRecords.Record, of series: SeriesID, _ errno: Errno) -> Self {
        instance(
            .unreadable, record, of: series, "It cannot be read: \(errno).",
            errno == .ioError ? "Check the disk. \(mend)" : "Make it readable for you, or delete it. \(mend)")
    }

    static func unreadableFolder(_ path: String, _ errno: Errno) -> Self {
        Self(
            .unreadable, path, "It cannot be looked into: \(errno).",
            recovery: errno == .ioError ? "Check the disk." : "Make it readable for you.")
    }

    static func unreadableRecords(of series: SeriesID, _ errno: Errno) -> Self {
        let path = SeriesRecords.path(of: series)
        let cause = errno == .fileTooLarge ? "It holds more than the records of any series" : "It cannot be read: \(errno)"
        return Self(.unreadable, path, "\(cause). Without it nothing of the series can be checked.", recovery: recoverRecords)
            .located(in: series)
    }

    private static let recoverRecords = "Make it readable for you, or delete it and download the study again: files are checked."

    static func unrecorded(_ uid: String, byteCount: Int64, of series: SeriesID) -> Self {
        var finding = Self(
            .unrecorded, OutputLayout.path(of: uid, in: series), "There is no record of it: nothing to check it by.",
            recovery: "Download its study again: what is of the store is checked and recorded. Move away what is not."
        ).located(in: series, instance: uid)
        finding.found = Content(size: byteCount, checksum: nil)
        return finding
    }

    /// A file where a layout puts instances.
    static func unrecorded(at path: String, byteCount: Int64) -> Self {
        var finding = Self(
            .unrecorded, path, "There is no record of it: nothing to check it by.",
            recovery: "Download its study again: what is of the store is checked and recorded. Move away what is not.")
        finding.found = Content(size: byteCount, checksum: nil)
        return finding
    }

    static func unknown(_ path: String, _ kind: FileStatus.Kind?) -> Self {
        let what =
            switch kind {
            case .file: "This file"
            case .folder: "This folder"
            case .link: "This link"
            default: "This"
            }
        return Self(.unknown, path, "\(what) is none of cod's.")
    }

    private static func instance(
        _ kind: Kind, _ record: SeriesRecords.Record, of series: SeriesID, _ message: String, _ recovery: String
    ) -> Self {
        var finding = Self(kind, record.path ?? OutputLayout.path(of: record.uid, in: series), message, recovery: recovery)
            .located(in: series, instance: record.uid)
        finding.expected = Content(record)
        return finding
    }

    /// The same, where the record could not be changed: by its size the file would still count as saved.
    func unnoted(_ error: any Error) -> Self {
        var finding = self
        let cause = (error as? CodError).map { String($0.message.dropLast($0.message.hasSuffix(".") ? 1 : 0)) } ?? "\(error)"
        finding.recovery =
            "The records could not be changed (\(cause)): delete the file, then download its study again."
        return finding
    }
}
