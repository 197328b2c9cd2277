import CodCore
import CodTesting
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder of instances as a download leaves it, to be zipped.
enum ZippedData: Hashable {
    /// CT slices of 512 x 512 pixels with noise in them, 526 kB each.
    case slices
    /// The same of 96 x 100 pixels: 21 kB each.
    case smallSlices
    /// One instance with all of the bytes: a cine.
    case cine
    /// 526 kB each, random, by a transfer syntax whose pixels are compressed.
    case jpeg2000

    var name: String {
        switch self {
        case .slices: "CT instances of 526 kB"
        case .smallSlices: "CT instances of 21 kB"
        case .cine: "one large instance"
        case .jpeg2000: "JPEG 2000 instances of 526 kB"
        }
    }

    /// Writes about so many bytes as `<folder>/<series>/instances/<instance>.dcm`, and answers how many.
    func write(byteCount: Int, to folder: String) throws -> Int64 {
        switch self {
        case .slices: try Self.write(Self.study(rows: 512, columns: 512, byteCount: byteCount), to: folder)
        case .smallSlices: try Self.write(Self.study(rows: 96, columns: 100, byteCount: byteCount), to: folder)
        case .cine:
            try Self.write(
                SyntheticStudy(
                    seed: 3, seriesCount: 0, rows: 1024, columns: 1024, cineFrameCount: max(byteCount >> 20, 1)), to: folder)
        case .jpeg2000: try Self.writeRandom(count: max(byteCount / 526_000, 1), to: folder)
        }
    }

    private static func study(rows: Int, columns: Int, byteCount: Int) throws -> SyntheticStudy {
        try SyntheticStudy(
            seed: 4, seriesCount: 4, instancesPerSeries: max(byteCount / 4 / (rows * columns * 2 + 1500), 1), rows: rows,
            columns: columns)
    }

    private static func write(_ study: SyntheticStudy, to folder: String) throws -> Int64 {
        var byteCount: Int64 = 0
        for series in study.series {
            let parent = try made("\(folder)/\(series.uid)/instances")
            for instance in series.instances {
                try file("\(parent)/\(instance.uid).dcm") { file in
                    try instance.forEachChunk { (chunk: RawSpan) in _ = try chunk.withUnsafeBytes { try file.writeAll($0) } }
                }
                byteCount += instance.byteCount
            }
        }
        return byteCount
    }

    private static func writeRandom(count: Int, to folder: String) throws -> Int64 {
        let parent = try made("\(folder)/2.25.1/instances")
        let head = jpeg2000Head
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        for number in 1...count {
            let pixels = (0..<526_000 / 8).map { _ in
                random ^= random << 13
                random ^= random >> 7
                random ^= random << 17
                return random
            }
            try file("\(parent)/2.25.\(number).dcm") { file in
                try file.writeAll(head)
                _ = try pixels.withUnsafeBytes { try file.writeAll($0) }
            }
        }
        return Int64(count * (head.count + 526_000 / 8 * 8))
    }

    /// The head of a file whose pixels are JPEG 2000, lossless, up to them: preamble, group 2, and a fragment that has no end.
    private static var jpeg2000Head: [UInt8] {
        let syntax = Array("1.2.840.10008.1.2.4.90".utf8)
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
            + [2, 0, 0, 0] + Array("UL".utf8) + [4, 0, UInt8(8 + syntax.count), 0, 0, 0]
            + [2, 0, 0x10, 0] + Array("UI".utf8) + [UInt8(syntax.count), 0] + syntax
            + [0xE0, 0x7F, 0x10, 0] + Array("OB".utf8) + [0, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    }

    private static func made(_ folder: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private static func file(_ path: String, _ body: (FileDescriptor) throws -> Void) throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try file.closeAfter { try body(file) }
    }
}
