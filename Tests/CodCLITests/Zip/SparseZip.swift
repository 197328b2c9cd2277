import Foundation
import Testing

/// Zips of much that take little: one entry of zeros, deflated, made by Python piece by piece.
enum SparseZip {
    /// Writes one whose entry unpacks to `mebibyteCount` MiB of zeros. Where it says another size than that its crc32 is wrong, too.
    static func write(to path: String, mebibyteCount: Int, saying byteCount: Int64? = nil) async throws {
        let text = """
            import struct, sys, zlib
            path, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
            block = bytes(1 << 20)
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            # What comes behind a full flush knows nothing of what is before it: it may be repeated.
            piece = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
            end = zlib.compressobj(9, zlib.DEFLATED, -15).flush()
            crc = 0
            if size == count << 20:
                for _ in range(count): crc = zlib.crc32(block, crc)
            packed = len(piece) * count + len(end)
            name = b'4.5/instances/1.dcm'
            mark = 0xFFFFFFFF
            common = struct.pack('<HHHHHIII', 45, 0, 8, 0, 0x21, crc, mark, mark)
            extra = struct.pack('<HHQQ', 1, 16, size, packed)
            with open(path, 'wb') as file:
                file.write(b'PK\\x03\\x04' + common + struct.pack('<HH', len(name), len(extra)) + name + extra)
                for _ in range(count): file.write(piece)
                file.write(end)
                start = file.tell()
                directory = b'PK\\x01\\x02' + struct.pack('<H', 0x32D) + common + struct.pack(
                    '<HHHHHII', len(name), len(extra), 0, 0, 0, 0o100644 << 16, 0) + name + extra
                file.write(directory + b'PK\\x05\\x06' + struct.pack('<HHHHIIH', 0, 0, 1, 1, len(directory), start, 0))
            """
        let size = byteCount ?? Int64(mebibyteCount) << 20
        let run = try await CommandRun.run("/usr/bin/env", ["python3", "-c", text, path, "\(mebibyteCount)", "\(size)"])
        try #require(run.exitCode == 0, "\(run.errors)")
    }
}
