/// Where the instances of a retrieval are to be saved below the output folder: a template over DICOM attributes, such as
/// `{PatientID}/{StudyDate}-{StudyDescription}/{SeriesNumber}-{Modality}/{InstanceNumber}.dcm`.
///
/// - `{Keyword}` or `{00100020}` stands for an attribute's value, the values of one that has several joined by `-`; `{InstanceNumber:4}`
///   fills whole numbers up to four digits. What an instance does not have is `unknown`.
/// - `{StudyInstanceUID}`, `{SeriesInstanceUID}` and `{SOPInstanceUID}` are the identifiers in the store, hashed or not.
/// - A value is never more than a part of one name, whatever it holds.
/// - Every file ends in `.dcm`.
///
/// Two instances of one path are told apart by a mark that is made of their identifiers.
public struct FileLayout: Hashable, Sendable, CustomStringConvertible {
    /// A part of a name.
    enum Piece: Hashable, Sendable {
        case text(String)
        case study, series, instance
        case attribute(UInt32, digitCount: Int)
    }

    /// The names of the layouts that are there without a template; `cod` is `<study>/<series>/instances/<instance>.dcm`, which no
    /// template stands for.
    public static let presets = ["cod", "flat", "named"]
    /// The name of the layout that no template stands for.
    public static let standardName = "cod"

    static let presetTemplates = [
        "flat": "{SOPInstanceUID}.dcm",
        "named":
            "{PatientID}/{StudyDate}-{StudyDescription}/{SeriesNumber}-{Modality}-{SeriesDescription}/{InstanceNumber:4}.dcm",
    ]

    static let suffix = ".dcm"
    /// The most folders and file together.
    static let maximumDepth = 16
    /// The longest template, in bytes.
    static let maximumTemplateByteCount = 1024
    /// The longest path, in bytes, without the separators and what tells instances of one path apart.
    private static let maximumPathByteCount = 800
    private static let maximumNameByteCount = 200

    /// The template.
    public let template: String
    /// The names from the outermost folder to the file, `.dcm` left out.
    let names: [[Piece]]

    init(template: String, names: [[Piece]]) {
        self.template = template
        self.names = names
    }

    /// The preset's name where it is one, else the template: what ``init(parsing:)`` reads.
    public var description: String { Self.presetTemplates.first { $0.value == template }?.key ?? template }

    /// The numbers of the attributes that paths are made of.
    package var tags: Set<UInt32> {
        Set(
            names.joined().compactMap {
                if case .attribute(let tag, _) = $0 { tag } else { nil }
            })
    }

    /// The most folders and file together that a path has.
    package static var deepest: Int { maximumDepth }

    /// Whether a file's path alone says which instance it is.
    package var namesInstance: Bool { names.joined().contains(.instance) }

    /// Where an instance is to be, before it is told apart from others: a path below the output folder of safe names, at most 1 KiB
    /// long. The same for the same values, whatever else there is. Pure.
    package func path(of uid: String, in series: SeriesID, values: [UInt32: String]) -> String {
        let limit = min(Self.maximumNameByteCount, Self.maximumPathByteCount / max(names.count, 1))
        let made = names.enumerated().map { position, pieces in
            let text = pieces.map { rendered($0, uid, series, values) }.joined()
            return SafeName(text, isOutermost: position == 0 && names.count > 1, limit: limit).text
        }
        return made.joined(separator: "/") + Self.suffix
    }

    /// Where an instance is whose ``path(of:in:values:)`` is another one's too: with a mark that is made of its identifiers, and so
    /// the same in every run and of no other instance. No path without it has such a mark.
    package static func distinctPath(_ path: String, of uid: String, in series: SeriesID) -> String {
        // By bytes: what stands before the dot may take it for a part of itself.
        let isUsual = path.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        let stem = isUsual ? Substring(path.utf8.dropLast(suffix.utf8.count)) : path[...]
        return "\(stem)\(SafeName.mark)\(SafeName.digest(of: "\(series)/\(uid)", digitCount: 16))\(suffix)"
    }

    /// What paths have in common that are one on some disk: capitals and small letters are the same, and so are the ways to write an
    /// accented letter.
    package static func key(of path: String) -> String { path.lowercased() }

    private func rendered(_ piece: Piece, _ uid: String, _ series: SeriesID, _ values: [UInt32: String]) -> String {
        switch piece {
        case .text(let text): text
        case .study: SafeName.part(series.study)
        case .series: SafeName.part(series.series)
        case .instance: SafeName.part(uid)
        case .attribute(let tag, let digitCount): Self.padded(SafeName.part(values[tag] ?? ""), to: digitCount)
        }
    }

    private static func padded(_ text: String, to digitCount: Int) -> String {
        guard text.utf8.count < digitCount, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
        return String(repeating: "0", count: digitCount - text.utf8.count) + text
    }
}
