import CodCore
import Foundation

@testable import CodTesting
@testable import CodTransport

extension FuzzTarget {
    /// A metadata.json, plain or packed, of either version.
    ///
    /// Wherever it is cut: the same metadata or the same error. What is read keeps within the limits, and identifiers can be ones. Every
    /// other mode judges the instances by their attributes as they are read.
    static let metadata = FuzzTarget(
        name: "metadata", seeds: metadataSeeds, words: metadataWords, maximumByteCount: 4 << 10,
        run: { input in
            let bytes = try MetadataForm.bytes(of: input)
            let selection = MetadataForm.isJudged(input) ? try MetadataForm.selection() : .everything
            let whole = try MetadataReading(of: bytes, in: [bytes.count], selection)
            let cut = try MetadataReading(of: bytes, in: input.chunkSizes(ofByteCount: bytes.count), selection)
            try Finding.check(whole.agrees(with: cut), "Cut, the metadata comes to \(cut), and whole to \(whole).")
            try whole.compareWithFoundation(MetadataForm.isPlain(input) ? bytes : input.payload)
            return whole.kind
        })
}

/// What a payload stands for.
private enum MetadataForm {
    static func bytes(of input: FuzzInput) throws -> [UInt8] {
        let payload = input.payload
        return switch input.mode % 7 {
        case 1: try gzip(payload, level: 1)
        // Two members, as some writers append.
        case 2: try gzip(Array(payload.prefix(Int(input.choice))), level: 1) + gzip(Array(payload.dropFirst(Int(input.choice))))
        case 3: Array(#"{"cod":{"instances":{"#.utf8) + payload + Array("}}}".utf8)
        case 4: Array(#"{"cod":{"instances":{"1.2":{"size":1,"#.utf8) + payload + Array("}}}}".utf8)
        case 5: packed(try zstd(payload))
        case 6: packed(payload)
        default: payload
        }
    }

    /// Whether the bytes are the text, and not gzip of the payload.
    static func isPlain(_ input: FuzzInput) -> Bool { ![1, 2].contains(input.mode % 7) }

    static func isJudged(_ input: FuzzInput) -> Bool { input.mode / 7 % 2 == 1 }

    static func selection() throws -> Selection {
        let conditions = try ["Modality=[a-m]*", "Modality!=CT", "PatientName=*a*", "00200013=1..5"].map {
            try AttributeCondition(parsing: $0)
        }
        return Selection(seriesDescriptions: [try Glob("*e?*")], attributes: conditions, every: 2)
    }

    private static func packed(_ bytes: [UInt8]) -> [UInt8] {
        Array(#"{"cod":{"instances":{"1.2":{"metadata":""#.utf8) + Array(Base64.encoded(bytes).utf8) + Array(#""}}}}"#.utf8)
    }
}

/// What a metadata.json comes to; made only if its reader keeps its promises.
private struct MetadataReading: CustomStringConvertible {
    static let limits = MetadataLimits(byteCount: 256 << 10, instanceCount: 40, uriByteCount: 1000, seriesByteCount: 5 << 40)

    private var metadata: SeriesMetadata?
    private var error: CodError?

    init(of bytes: [UInt8], in sizes: [Int], _ selection: Selection) throws(Finding) {
        var reader = SeriesMetadataReader(limits: Self.limits, selection: selection)
        do throws(CodError) {
            for chunk in bytes.chunks(sizes) { try reader.push(chunk) }
            metadata = try reader.finish()
        } catch { self.error = error }
        try metadata.map(Self.check)
        if let error {
            try Finding.check(message: error)
            try Finding.check(
                [.damagedMetadata, .invalidIdentifier].contains(error.code) && error.recovery != nil,
                "The error \(error) is none of metadata's.")
        }
    }

    private static func check(_ metadata: SeriesMetadata) throws(Finding) {
        let instances = metadata.instances
        try Finding.check(instances.count <= limits.instanceCount, "There are \(instances.count) instances.")
        try Finding.check(Set(instances.map(\.uid)).count == instances.count, "An instance is listed twice.")
        for instance in instances {
            try Finding.check(UIDText.isValid(instance.uid), "An instance is called \(instance.uid).")
            let range = 0...limits.seriesByteCount
            try Finding.check(instance.byteCount.map(range.contains) ?? true, "A size is \(instance.byteCount ?? 0).")
            try Finding.check((instance.dataOffset ?? 0) >= 0, "An offset is \(instance.dataOffset ?? 0).")
        }
        let kept = instances.reduce(0) { $0 + ($1.uri?.utf8.count ?? 0) }
        try Finding.check(kept <= limits.uriByteCount, "Addresses of \(kept) bytes are kept.")
        let sum = instances.reduce(0) { $0 + ($1.byteCount ?? 0) }
        try Finding.check(sum <= limits.seriesByteCount, "The instances have \(sum) bytes.")
        for text in [metadata.modality, metadata.seriesDescription].compactMap(\.self) {
            try Finding.check(text.utf8.count <= 1536, "A text of \(text.utf8.count) bytes is kept.")
            try Finding.check(!text.unicodeScalars.contains(where: Finding.speaksToTerminal), "A text holds control characters.")
        }
    }

    /// Whether two ways to cut came to the same. How much was read, and how much of the beginning is shown, depends on the cut, and so
    /// does which of two things that are wrong is found first in one that is unpacked to more than the limit.
    func agrees(with other: Self) -> Bool {
        guard let error, let otherError = other.error else { return summary == other.summary }
        if [error, otherError].contains(where: { $0.message.contains("is longer than") }) { return true }
        return error.code == otherError.code && Self.problem(in: error) == Self.problem(in: otherError)
    }

    /// A message without what it shows of the text. By bytes: what it shows may begin with a mark that joins the quotation mark.
    private static func problem(in error: CodError) -> ArraySlice<UInt8> {
        let message = Array(error.message.utf8)
        let ends = [" It begins with \"", " Of it "].compactMap { message.firstRange(of: Array($0.utf8))?.lowerBound }
        return message[..<(ends.min() ?? message.endIndex)]
    }

    /// No instance is lost that Foundation finds. It guesses encodings by NULs and marks; such texts are no test, and of a key that
    /// comes twice it keeps one.
    func compareWithFoundation(_ text: [UInt8]) throws(Finding) {
        guard let metadata, text.first.map({ $0 < 0x80 && $0 != 0x1F }) ?? false, !text.contains(0),
            let root = (try? JSONSerialization.jsonObject(with: Data(text))) as? [String: Any],
            let cod = root["cod"] as? [String: Any], let instances = cod["instances"] as? [String: Any]
        else { return }
        try Finding.check(
            Set(metadata.instances.map(\.uid)) == Set(instances.keys),
            "Foundation finds the instances \(instances.keys.sorted()); here are \(metadata.instances.map(\.uid)).")
    }

    var kind: Int {
        if let error { return outcomeKind(error.code, error.message) }
        var hasher = Hasher()
        guard let metadata else { return 0 }
        hasher.combine(magnitude(metadata.instances.count))
        hasher.combine(metadata.modality != nil)
        hasher.combine(metadata.seriesDescription != nil)
        hasher.combine(metadata.archiveURI != nil)
        for instance in metadata.instances.prefix(3) {
            hasher.combine(instance.isWanted)
            hasher.combine(instance.byteCount != nil)
            hasher.combine(instance.dataOffset != nil)
            hasher.combine(instance.checksum != nil)
            hasher.combine(instance.entryName != nil)
            hasher.combine(instance.uri != nil)
        }
        return hasher.finalize()
    }

    var description: String { error.map { "the error \($0)" } ?? "\(summary)" }

    private var summary: [AnyHashable] {
        guard let metadata else { return [] }
        return [
            metadata.instances, metadata.instanceNumbers, metadata.withoutAttributesCount, metadata.studyUID, metadata.seriesUID,
            metadata.archiveURI, metadata.modality,
            metadata.seriesDescription,
        ]
    }
}
