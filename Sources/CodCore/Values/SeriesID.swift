/// Which series of which study: the two identifiers that name a folder of instances.
///
/// Both are texts, not dotted numbers: a store may hash its UIDs (64 hex digits, say).
public struct SeriesID: Hashable, Sendable, CustomStringConvertible {
    /// The study's identifier (Study Instance UID, or its hash).
    public let study: String
    /// The series' identifier (Series Instance UID, or its hash).
    public let series: String

    /// The series of a study.
    public init(study: String, series: String) {
        self.study = study
        self.series = series
    }

    /// `<study>/<series>`.
    public var description: String { "\(study)/\(series)" }
}
