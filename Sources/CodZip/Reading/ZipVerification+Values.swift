public import CodCore

extension ZipVerification {
    /// What a zip says that it holds.
    public struct Contents: Hashable, Sendable {
        /// Instances: entries that are called `<series>/instances/<instance>.dcm`.
        public internal(set) var instanceCount = 0
        /// Series that they are of.
        public internal(set) var seriesCount = 0
        /// How many bytes they have unpacked.
        public internal(set) var byteCount: Int64 = 0
        /// Whether it says of itself that instances of the study are missing, by an `INCOMPLETE.txt`.
        public internal(set) var isIncomplete = false
    }

    /// What an entry holds, or should.
    public struct Content: Hashable, Sendable {
        /// Unpacked, in bytes.
        public let byteCount: Int64
        /// Of these bytes.
        public let checksum: CRC32C
    }

    /// Something in a zip that is not as it was saved.
    public struct Finding: Sendable {
        /// What is wrong.
        @nonexhaustive
        public enum Kind: String, CaseIterable, Sendable {
            /// An entry is not what the zip says of it.
            case damaged
            /// An entry cannot be read, so nothing can be said of it.
            case unreadable
            /// An entry that is whole, and is no instance.
            case unknown
        }

        /// What is wrong.
        public let kind: Kind
        /// The entry's name, whatever bytes it has.
        public let entry: String
        /// The instance that the entry is, where it is one.
        public let instance: (series: String, uid: String)?
        /// Why, as a sentence.
        public let message: String
        /// What the zip says that the entry has, in bytes; the crc32c is `nil` in zips of other programs.
        public let expected: (byteCount: Int64, checksum: CRC32C?)
        /// What it has, where it could be unpacked to its end.
        public let found: Content?
        /// What the user can do, as sentences; `nil` where nothing needs to be done.
        public internal(set) var recovery: String?
        /// Whether what was saved is certainly not to be had from the zip.
        let isLost: Bool

        init(_ kind: Kind, _ entry: ZipEntry, _ message: String, found: Content? = nil, isLost: Bool = false) {
            (self.kind, self.message, self.found, self.isLost) = (kind, message, found, isLost)
            self.entry = entry.name
            expected = (entry.byteCount, entry.checksum)
            let parts = ZipEntryName.isOfInstance(entry.name) ? entry.name.split(separator: "/") : []
            instance = parts.isEmpty ? nil : (String(parts[0]), String(parts[2].dropLast(4)))
        }
    }

    /// What a verification tells while it runs.
    @nonexhaustive
    public enum Event: Sendable {
        /// So many instances were looked at so far, and so many bytes unpacked. At most ten a second.
        case progress(instanceCount: Int, byteCount: Int64)
        /// Something is not as it was saved.
        case finding(Finding)
    }

    /// What came of a verification.
    public struct Report: Sendable {
        /// Instances that were looked at.
        public internal(set) var instanceCount = 0
        /// Those that are what the zip says.
        public internal(set) var verifiedCount = 0
        /// What was unpacked, in bytes.
        public internal(set) var byteCount: Int64 = 0
        /// How many findings there are of each kind.
        public internal(set) var findingCounts: [Finding.Kind: Int] = [:]
        /// Whether the task was cancelled before all was looked at.
        public internal(set) var isInterrupted = false

        /// Whether every entry is what the zip says.
        public var isWhole: Bool { !isInterrupted && findingCounts.allSatisfy { $0.key == .unknown } }
    }
}
