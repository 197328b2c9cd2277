import CCodSystem
import CZlib
import CodCore
import Testing

@testable import CodZip

@Suite("crc32 and crc32c")
struct CRC32Tests {
    @Test(
        "crc32 has the published values",
        arguments: [("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926)] as [(String, UInt32)])
    func published(text: String, value: UInt32) {
        #expect(CRC32(of: Array(text.utf8)).value == value && portable(Array(text.utf8)) == value)
    }

    @Test("by the processor is what it is by table and by zlib, at all alignments and lengths")
    func implementations() {
        let bytes = noise(700)
        bytes.withUnsafeBytes { memory in
            for length in 0...600 {
                for start in 0..<64 {
                    let part = UnsafeRawBufferPointer(rebasing: memory[start..<start + length])
                    let fast = cod_crc32(0, part.baseAddress, length)
                    #expect(fast == cod_crc32_portable(0, part.baseAddress, length), "\(length) bytes from \(start)")
                    #expect(fast == zlib(0, part), "\(length) bytes from \(start)")
                    let later = cod_crc32(0xDEAD_BEEF, part.baseAddress, length)
                    #expect(later == cod_crc32_portable(0xDEAD_BEEF, part.baseAddress, length), "\(length) bytes from \(start)")
                    #expect(later == zlib(0xDEAD_BEEF, part), "\(length) bytes from \(start)")
                }
            }
        }
    }

    @Test("the same for large ones", arguments: [1023, 1024, 4095, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 17, 3_333_333])
    func large(length: Int) {
        let bytes = noise(length + 16, seed: UInt64(length))
        bytes.withUnsafeBytes { memory in
            for start in [0, 1, 7, 15] {
                let part = UnsafeRawBufferPointer(rebasing: memory[start..<start + length])
                let fast = cod_crc32(1, part.baseAddress, length)
                #expect(fast == cod_crc32_portable(1, part.baseAddress, length) && fast == zlib(1, part))
            }
        }
        for bytes in [[UInt8](repeating: 0, count: length), [UInt8](repeating: 0xFF, count: length)] {
            #expect(CRC32(of: bytes).value == portable(bytes))
        }
    }

    @Test("Sums of two parts put together are the sum of the whole, wherever it is cut, for both")
    func parts() {
        for length in [0, 1, 2, 63, 64, 65, 600, 5000] {
            let bytes = noise(length, seed: 3)
            for cut in stride(from: 0, through: length, by: length > 600 ? 97 : 1) {
                var crc32 = CRC32(of: Array(bytes[..<cut]))
                crc32.append(CRC32(of: Array(bytes[cut...])), byteCount: length - cut)
                #expect(crc32.value == portable(bytes), "\(length) bytes cut at \(cut)")
                var crc32c = RunningCRC32C(of: Array(bytes[..<cut]))
                crc32c.append(RunningCRC32C(of: Array(bytes[cut...])).checksum, byteCount: Int64(length - cut))
                #expect(crc32c.checksum.value == portableC(bytes), "\(length) bytes cut at \(cut)")
            }
        }
    }

    @Test("Sums of many parts, and of zeros that are larger than any memory")
    func many() {
        let bytes = noise(1_000_003)
        var (crc32, crc32c) = (CRC32(), RunningCRC32C())
        for start in stride(from: 0, to: bytes.count, by: 77_777) {
            let part = Array(bytes[start..<min(start + 77_777, bytes.count)])
            crc32.append(CRC32(of: part), byteCount: part.count)
            crc32c.append(RunningCRC32C(of: part).checksum, byteCount: Int64(part.count))
        }
        #expect(crc32.value == portable(bytes) && crc32c.checksum.value == portableC(bytes))
        // By doubling in one order, and by eighths in another.
        func zeros(_ exponent: Int, from first: Int) -> (CRC32, RunningCRC32C) {
            let unit = [UInt8](repeating: 0, count: 1 << first)
            var (crc32, crc32c) = (CRC32(of: unit), RunningCRC32C(of: unit))
            for bits in first..<exponent {
                crc32.append(crc32, byteCount: 1 << bits)
                crc32c.append(crc32c.checksum, byteCount: 1 << bits)
            }
            return (crc32, crc32c)
        }
        let (whole, other) = (zeros(43, from: 0), zeros(43, from: 16))
        #expect(whole.0 == other.0 && whole.1.checksum == other.1.checksum)
        var parts = (CRC32(), RunningCRC32C())
        let eighth = zeros(40, from: 20)
        for _ in 0..<8 {
            parts.0.append(eighth.0, byteCount: 1 << 40)
            parts.1.append(eighth.1.checksum, byteCount: 1 << 40)
        }
        #expect(whole.0 == parts.0 && whole.1.checksum == parts.1.checksum)
    }

    private func portable(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { cod_crc32_portable(0, $0.baseAddress, $0.count) }
    }

    private func portableC(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { cod_crc32c_portable(0, $0.baseAddress, $0.count) }
    }

    private func zlib(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        // Without bytes zlib wants an address all the same.
        if bytes.isEmpty { return start }
        return UInt32(truncatingIfNeeded: crc32(UInt(start), bytes.bindMemory(to: UInt8.self).baseAddress, UInt32(bytes.count)))
    }
}

extension CRC32 {
    init(of bytes: [UInt8]) {
        self.init()
        update(bytes.span.bytes)
    }
}

extension RunningCRC32C {
    init(of bytes: [UInt8]) {
        self.init()
        update(bytes.span.bytes)
    }
}
