extension CodError {
    /// The kind of an error. New ones may be added, so a `switch` needs a default.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Wrapped: String {
            case invalidSource, invalidIdentifier, invalidSelection, insecureEndpoint
            case studyNotFound, selectionNotFound, objectNotFound, objectChanged
            case unauthorized, forbidden, unreachable, requestFailed, protocolViolation, timedOut, truncated
            case missingMetadata, damagedMetadata, missingArchive, damagedArchive
            case refusedEntry, duplicateEntry, instanceMissing, instanceMisplaced, sizeMismatch, checksumMismatch
            case refused, stageFailed
            case limitReached
            case outputUnusable, writeFailed
            case cancelled
        }

        private let wrapped: Wrapped

        private init(_ wrapped: Wrapped) { self.wrapped = wrapped }

        /// The kind of that name; `nil` where there is none.
        package init?(name: String) {
            guard let wrapped = Wrapped(rawValue: name) else { return nil }
            self.init(wrapped)
        }

        /// The name that events and logs show, such as `checksumMismatch`.
        public var description: String { wrapped.rawValue }

        // The source and the request

        /// A link, an address or a folder that cannot be understood.
        public static var invalidSource: Self { .init(.invalidSource) }
        /// An identifier that cannot be one.
        public static var invalidIdentifier: Self { .init(.invalidIdentifier) }
        /// A condition on what is wanted that cannot be understood.
        public static var invalidSelection: Self { .init(.invalidSelection) }
        /// A token would travel in the clear.
        public static var insecureEndpoint: Self { .init(.insecureEndpoint) }

        // The store

        /// A study is not in the store.
        public static var studyNotFound: Self { .init(.studyNotFound) }
        /// A series or instance that was asked for by name is not in the studies.
        public static var selectionNotFound: Self { .init(.selectionNotFound) }
        /// An object is not in the store.
        public static var objectNotFound: Self { .init(.objectNotFound) }
        /// An object is no longer the one that the plan was made from.
        public static var objectChanged: Self { .init(.objectChanged) }
        /// Credentials are missing, wrong or expired (401).
        public static var unauthorized: Self { .init(.unauthorized) }
        /// The credentials do not reach this object (403).
        public static var forbidden: Self { .init(.forbidden) }

        // The way there

        /// No connection: name, network, proxy or certificate.
        public static var unreachable: Self { .init(.unreachable) }
        /// The server answered with a status that is no success.
        public static var requestFailed: Self { .init(.requestFailed) }
        /// An answer that breaks the protocol: a range that was not asked for, a redirect that leads away.
        public static var protocolViolation: Self { .init(.protocolViolation) }
        /// No byte came for too long.
        public static var timedOut: Self { .init(.timedOut) }
        /// The body ended before its last byte.
        public static var truncated: Self { .init(.truncated) }

        // The content

        /// A series without metadata.json.
        public static var missingMetadata: Self { .init(.missingMetadata) }
        /// A metadata.json that cannot be read.
        public static var damagedMetadata: Self { .init(.damagedMetadata) }
        /// Metadata that lists instances, and no archive.
        public static var missingArchive: Self { .init(.missingArchive) }
        /// Bytes that are no tar, or a tar that ends too early.
        public static var damagedArchive: Self { .init(.damagedArchive) }
        /// An entry that must not be extracted: a link, a device, a name that leads out of the folder.
        public static var refusedEntry: Self { .init(.refusedEntry) }
        /// Two entries of one name that differ.
        public static var duplicateEntry: Self { .init(.duplicateEntry) }
        /// An instance that the metadata lists, and the archive does not hold.
        public static var instanceMissing: Self { .init(.instanceMissing) }
        /// An instance that the archive holds, but not where the metadata says.
        public static var instanceMisplaced: Self { .init(.instanceMisplaced) }
        /// An instance whose size is not the metadata's.
        public static var sizeMismatch: Self { .init(.sizeMismatch) }
        /// An instance whose crc32c is not the metadata's.
        public static var checksumMismatch: Self { .init(.checksumMismatch) }

        // The stages

        /// A stage refused an instance by its own rule.
        public static var refused: Self { .init(.refused) }
        /// A stage threw an error of its own; it is the cause.
        public static var stageFailed: Self { .init(.stageFailed) }

        // Limits

        /// A limit that was asked for leaves something for later runs; nothing went wrong.
        public static var limitReached: Self { .init(.limitReached) }

        // The output

        /// The output cannot be written at all; found out before anything is fetched.
        public static var outputUnusable: Self { .init(.outputUnusable) }
        /// Writing failed in mid-run.
        public static var writeFailed: Self { .init(.writeFailed) }

        /// The task was cancelled; this is not a failure of anything.
        public static var cancelled: Self { .init(.cancelled) }
    }
}
