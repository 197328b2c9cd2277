import CodCore

/// A store as the catalog needs it: names with sizes, and the bytes behind a name. Google Cloud Storage is one, a folder another.
protocol ObjectStore: Sendable {
    /// The store as messages name it; no token in it.
    var displayName: String { get }

    /// The address of an object, as events and messages show it; no token in it.
    func url(of objectName: String) -> String

    /// The identifiers of all studies, in order, each once.
    func studies() async throws -> [String]

    /// All objects of a study (`studies/<study>/series/…`), in the order of their names, all pages of them. Empty when there is no
    /// such study.
    func objects(ofStudy study: String) async throws -> [StoredObject]

    /// The bytes of an object as stored (gzip stays gzip where the store can give that), pinned to its generation. Broken
    /// connections are tried again inside: what comes out is each byte once, in order. A short body throws.
    func read(_ object: StoredObject, in context: StageContext) async throws -> ByteStream

    /// A text that quotes what the store sent, without the store's token, should it have echoed that.
    func concealing(_ text: String) async -> String
}

extension ObjectStore {
    func concealing(_ text: String) async -> String { text }
}

/// An object as a listing shows it.
struct StoredObject: Hashable, Sendable {
    /// The whole name in the bucket, prefix included; or the path below a folder.
    let name: String
    /// The name's part after the store's prefix: `studies/…`.
    let path: String
    let byteCount: Int64?
    let generation: Int64?
    let checksum: CRC32C?
}
