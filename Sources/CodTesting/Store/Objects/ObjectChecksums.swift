internal import CodCore
internal import Crypto
internal import NIOCore
internal import Synchronization

/// The checksums of an object's stored bytes.
struct ObjectChecksums: Sendable {
    let crc32c: CRC32C
    /// In base64; of small objects only: composite objects have none either.
    let md5: String?

    /// Objects beyond this get no MD5, which takes many times as long as the crc32c.
    static let largestWithMD5: Int64 = 8 << 20

    /// Reads the whole object. Blocks on the disk for a file.
    init(of object: BucketObject) throws {
        var crc = RunningCRC32C()
        var md5 = object.byteCount <= Self.largestWithMD5 ? Insecure.MD5() : nil
        var offset: Int64 = 0
        while offset < object.byteCount {
            let bytes = try object.read(at: offset, byteCount: 1 << 20)
            if bytes.readableBytes == 0 { break }
            offset += Int64(bytes.readableBytes)
            crc.update(bytes.readableBytesSpan)
            bytes.withUnsafeReadableBytes { md5?.update(bufferPointer: $0) }
        }
        crc32c = crc.checksum
        self.md5 = md5.map { Base64.encoded($0.finalize()) }
    }
}

/// Checksums that were computed, for each object once.
final class ChecksumCache: Sendable {
    private struct Key: Hashable {
        let name: ObjectName
        let generation: Int64
        let byteCount: Int64
        let serial: UInt64
    }

    private let known = Mutex<[Key: ObjectChecksums]>([:])
    /// When so many are kept, all are dropped: rare, and it costs only time.
    private static let limit = 100_000

    /// Blocks on the disk for a file that was not read yet.
    func checksums(of object: BucketObject) throws -> ObjectChecksums {
        let key = Key(name: object.name, generation: object.generation, byteCount: object.byteCount, serial: object.serial)
        if let checksums = known.withLock({ $0[key] }) { return checksums }
        let checksums = try ObjectChecksums(of: object)
        known.withLock { known in
            if known.count >= Self.limit { known = [:] }
            known[key] = checksums
        }
        return checksums
    }
}
