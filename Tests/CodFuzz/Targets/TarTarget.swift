import CodCore
import CodExtract

@testable import CodCore

extension FuzzTarget {
    /// A whole extraction: the tar decoder, and the matching of its entries with a plan.
    ///
    /// Whatever the bytes and wherever they are cut: the same events; bodies that are the input's own bytes, at the place and of the
    /// size that their entry says; every instance of the plan comes, fails, or the archive is broken; none comes twice.
    static let tar = FuzzTarget(
        name: "tar", seeds: tarSeeds, words: tarWords, maximumByteCount: 12 << 10,
        run: { input in
            let bytes = TarSeal.sealed(input.payload)
            let portion = Portion.fuzzed(mode: input.mode, choice: input.choice, byteCount: bytes.count)
            let whole = try Extraction(of: bytes, in: [bytes.count], as: portion)
            let cut = try Extraction(of: bytes, in: input.chunkSizes(ofByteCount: bytes.count), as: portion)
            try Finding.check(whole == cut, "Cut, the archive comes to \(cut.steps), and whole to \(whole.steps).")
            return whole.kind
        })
}

/// Headers whose checksum begins with a question mark get the right one, so that mutations reach what stands behind it.
enum TarSeal {
    static let mark = UInt8(ascii: "?")

    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, through: bytes.count - 512, by: 512) where bytes[start + 148] == mark {
            seal(&bytes, at: start)
        }
        return bytes
    }

    private static func seal(_ bytes: inout [UInt8], at start: Int) {
        let field = start + 148..<start + 156
        bytes.replaceSubrange(field, with: repeatElement(UInt8(ascii: " "), count: 8))
        var sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        for place in (start + 148..<start + 154).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(sum % 8)
            sum /= 8
        }
        bytes[start + 154] = 0
    }
}

extension Portion {
    /// A portion whose plan the fuzzer chooses: what of sizes, offsets and checksums is known, and whether unlisted entries are kept.
    fileprivate static func fuzzed(mode: UInt8, choice: UInt8, byteCount: Int) -> Portion {
        let series = SeriesID(study: "study", series: "series")
        var instances: [PlannedInstance] = []
        for (position, uid) in ["1.1", "1.2", "1.3"].enumerated() where mode & (1 << UInt8(position)) != 0 {
            var instance = PlannedInstance(uid: uid)
            if mode & 8 != 0 { instance.byteCount = Int64(choice & 7) }
            if mode & 16 != 0 { instance.dataOffset = 512 * Int64(choice >> 4 + UInt8(position) * 2) }
            if mode & 32 != 0 { instance.checksum = CRC32C(0x9A71_BB4C) }
            if mode & 64 != 0 { instance.entryName = "folder/\(position).dcm" }
            instances.append(instance)
        }
        let archive = Archive(
            series: series, url: "gs://bucket/series.tar", objectName: "series.tar", byteCount: Int64(byteCount) + 512)
        let start: Int64 = mode & 128 != 0 ? 512 : 0
        return Portion(
            archive: archive, byteRange: start..<start + Int64(byteCount), instances: instances, keepsUnlisted: choice & 8 == 0)
    }
}
