import CZstd
import CodCore

/// Compresses bytes into one zstd frame (RFC 8878) that says how long they were.
func zstd(_ bytes: [UInt8]) throws -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    var status = 0
    let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        status = ZSTD_compress(buffer.baseAddress, bound, bytes, bytes.count, 3)
        // The status is the number of bytes written, or an error, which leaves none.
        count = ZSTD_isError(status) == 0 ? status : 0
    }
    guard ZSTD_isError(status) == 0 else {
        throw CodError(.stageFailed, "libzstd could not compress: \(String(cString: ZSTD_getErrorName(status))).", reach: .job)
    }
    return output
}
