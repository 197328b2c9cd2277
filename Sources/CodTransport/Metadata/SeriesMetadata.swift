import CodCore

/// What is used of a series' metadata.json.
struct SeriesMetadata {
    /// The study and the series that it names. A store that hashes identifiers may name others than its paths do: the paths count.
    var studyUID: String?
    var seriesUID: String?
    /// The instances it lists, each with whether it is wanted; by their offsets where all have one, else in the order of the text. Those whose address is the
    /// usual one carry none: ``archiveURI`` and their identifier make it up.
    var instances: [PlannedInstance] = []
    /// Their Instance Numbers (0020,0013), in the same order, where those are asked for; else empty.
    var instanceNumbers: [Int?] = []
    /// How many instances were to be judged by their attributes, and have none.
    var withoutAttributesCount = 0
    /// What the usual addresses begin with: `gs://…/<series>.tar`.
    var archiveURI: String?
    /// DICOM Modality (0008,0060).
    var modality: String?
    /// DICOM Series Description (0008,103E).
    var seriesDescription: String?
}
