public import CodCore

/// Something in an output folder that is not as it was saved.
public struct VerificationFinding: Hashable, Sendable {
    /// What is wrong.
    @nonexhaustive
    public enum Kind: String, CaseIterable, Encodable, Sendable {
        /// An instance was recorded, and its file is not there.
        case missing
        /// A file has another size or another crc32c than was recorded.
        case damaged
        /// A file or folder cannot be read, so nothing can be said of it.
        case unreadable
        /// An instance's file stands there, and no record of it: there is nothing to check it by.
        case unrecorded
        /// A file, link or folder that is no part of the layout.
        case unknown

        /// Whether the folder does not count as whole because of it. Only what is ``unknown`` is no instance that may be lost.
        public var isFailure: Bool { self != .unknown }
    }

    /// What a file holds, or should.
    public struct Content: Hashable, Encodable, Sendable {
        /// In bytes.
        public let size: Int64
        /// `nil` when it is not known: it was saved without one, or the size alone says enough.
        public let checksum: CRC32C?

        private enum Key: String, CodingKey {
            case size, crc32c
        }

        package init(size: Int64, checksum: CRC32C?) {
            self.size = size
            self.checksum = checksum
        }

        init(_ record: SeriesRecords.Record) {
            self.init(size: record.byteCount, checksum: record.checksum)
        }

        /// `size`, and `crc32c` as eight hex digits where it is known.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(size, forKey: .size)
            try container.encodeIfPresent(checksum?.description, forKey: .crc32c)
        }
    }

    /// What is wrong.
    public let kind: Kind
    /// Where: a path below the output folder, as the system has it.
    public let path: String
    /// The study, where it is known.
    public var study: String?
    /// The series, where it is known.
    public var series: String?
    /// The instance, where it is one.
    public var instance: String?
    /// Why, as a sentence.
    public var message: String
    /// What the user can do; a sentence. `nil` where nothing needs to be done.
    public var recovery: String?
    /// What was recorded.
    public var expected: Content?
    /// What is there.
    public var found: Content?
    /// Where no instance of a series is recorded: how many files it has, on the first one's finding, and 0 on the others'. People
    /// are told once.
    package var unrecordedSeriesCount: Int?

    package init(_ kind: Kind, _ path: String, _ message: String, recovery: String? = nil) {
        self.kind = kind
        self.path = path
        self.message = message
        self.recovery = recovery
    }

    /// The same of a series, or of one of its instances.
    func located(in series: SeriesID, instance: String? = nil) -> VerificationFinding {
        var finding = self
        (finding.study, finding.series, finding.instance) = (series.study, series.series, instance)
        return finding
    }
}

extension VerificationFinding: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, path, study, series, instance, message, recovery, expected, found
    }
}
