/// What a job tells while it runs. Field names are those of cod-retrieve's callbacks.
///
/// Events of one archive come in order: `progress` as it grows, `download`, `extract`; `save` for each instance as it is
/// committed, maybe before its archive's `download`. `complete` is the last, always, exactly once a run. `plan` is the first, unless
/// the run cannot begin: then an `error` says why.
@nonexhaustive
public enum RetrievalEvent: Sendable {
    /// The plan is made; nothing is fetched yet.
    case plan(DownloadStats)
    /// More of an archive arrived. At most ten a second; merged when nobody listens for a while.
    case progress(Progress)
    /// The last byte that was wanted of an archive arrived.
    case download(Download)
    /// Its last entry was read.
    case extract(Extract)
    /// An instance stands under its final name.
    case save(Save)
    /// A study's archive (a zip) or another artifact of a finisher is closed.
    case archive(ClosedArtifact)
    /// Something failed. The run goes on unless the error reaches the job.
    case error(Failure)
    /// The run is over.
    case complete(Completion)
}

/// How much of an archive has arrived.
public struct Progress: Sendable, Hashable, Encodable {
    /// The archive.
    public let url: String
    /// Bytes since the last progress of this archive.
    public var bytesDownloaded: Int64
    /// Bytes so far in this run.
    public let bytesReceived: Int64
    /// Bytes that are to arrive in this run; absent when the archive's size is not known.
    public let bytesTotal: Int64?
}

/// An archive, or what was wanted of it, has arrived.
public struct Download: Sendable, Hashable, Encodable {
    /// The archive.
    public let url: String
    /// The sizes of its instances that were to be fetched, added up, in bytes.
    public let size: Int64
    /// Since its first request.
    public let seconds: Double
    /// How often a request had to be made again.
    public let retries: Int
}

/// An archive was read to its end.
public struct Extract: Sendable, Hashable, Encodable {
    /// The archive.
    public let url: String
    /// The sizes of `files`, added up, in bytes.
    public let size: Int64
    /// The instances that were read, in the archive's order.
    public let files: [ExtractedFile]
}

/// An instance that was read out of an archive.
public struct ExtractedFile: Sendable, Hashable, Encodable {
    let uid: String
    /// In bytes.
    public let size: Int64

    /// `instances/<uid>.dcm`.
    public var name: String { "instances/\(uid).dcm" }

    private enum Key: String, CodingKey {
        case name, size
    }

    /// `name` and `size`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(size, forKey: .size)
    }
}

/// An instance was saved.
public struct Save: Sendable, Hashable, Encodable {
    /// The archive it came from.
    public let url: String
    /// Where it is now.
    public let file: SavedFile
}

/// The file of a saved instance.
public struct SavedFile: Sendable, Hashable, Encodable {
    /// `<uid>.dcm`.
    public let name: String
    /// Where it is, below the output folder.
    public let path: String
    /// In bytes.
    public let size: Int64
    /// Eight hex digits; absent when nobody computed it.
    public let crc32c: String?
}

/// A file that was made of a whole study.
public struct ClosedArtifact: Sendable, Hashable, Encodable {
    /// The study that it was made of.
    public let study: String
    /// Where it is.
    public let path: String
    /// In bytes; absent when it is not a local file.
    public let size: Int64?
}

/// Something failed.
public struct Failure: Sendable, Encodable {
    /// The archive concerned.
    public let url: String?
    /// The sizes of its instances that were to be fetched.
    public let size: Int64?
    /// What failed, why, and what can be done.
    public let error: CodError
}

/// How a run ended.
public struct Completion: Sendable, Hashable, Encodable {
    /// An archive that was to be fetched.
    public struct File: Sendable, Hashable, Encodable {
        /// The archive.
        public let url: String
        /// The sizes of its instances that were to be fetched, added up, in bytes.
        public let size: Int64
    }

    /// Every archive of which something was to be fetched, whatever came of it.
    public let files: [File]
    /// Instances saved in this run.
    public let saved: Int
    /// Instances that earlier runs had saved.
    public let skipped: Int
    /// Instances that were asked for and are not saved, and series and studies of which nothing is known.
    public let failed: Int
    /// Instances saved in this run whose bytes were compared with the metadata's checksum.
    public let verified: Int
}

extension RetrievalEvent {
    /// What a listener is told when a run ends before there is a plan: the cause, and the end.
    package static func endingWithoutPlan(_ error: CodError) -> [RetrievalEvent] {
        [
            .error(Failure(url: nil, size: nil, error: error)),
            .complete(Completion(files: [], saved: 0, skipped: 0, failed: 0, verified: 0)),
        ]
    }
}
