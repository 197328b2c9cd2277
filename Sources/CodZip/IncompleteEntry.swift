import CodCore
import SystemPackage

/// What is missing of a study, as an entry of its zip: `INCOMPLETE.txt`, the last one. The same failures give the same text.
struct IncompleteEntry: Sendable {
    static let name = "INCOMPLETE.txt"

    let bytes: ByteChunk
    let checksum: CRC32C

    init(of study: SavedStudy) {
        bytes = ByteChunk(Self.text(of: study).utf8)
        var checksum = RunningCRC32C()
        checksum.update(bytes)
        self.checksum = checksum.checksum
    }

    static func text(of study: SavedStudy) -> String {
        let failures = study.series.flatMap { series in series.failures.map { $0.located(in: series.id) } }
        let lines = failures.map { failure in
            let series = failure.series ?? ""
            let place = failure.instance.map { "\(series)/instances/\($0).dcm" } ?? "of series \(series)"
            return oneLine("\(place): \(failure.message) [\(failure.code)]") + "\n"
        }
        return oneLine("This zip does not hold all of study \(study.uid).") + "\n\nMissing, and why:\n\n"
            + Set(lines).sorted().joined()
    }

    /// What comes from the network begins no line of its own.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F) ~= $0.value ? " " : $0 }))
    }

    /// Adds it to a zip, behind all else. Blocks on the disk.
    func write(to layout: inout ZipLayout, of zip: ZipFile, options: ZipOptions, modified: ZipTime) throws {
        var packer = EntryPacker(options)
        let packed = try packer.pack(bytes, named: Self.name, modified: modified)
        let place = layout.add(packed.entry)
        try zip.writing { () throws(Errno) in try zip.write(packed, at: place) }
    }
}
