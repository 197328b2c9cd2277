package import CodCore
package import CodTransport

/// The first line of a plan's file: what it was made of. No secret and no time is in it, so that the same store gives the same file.
package struct PlanHeader: Codable, Sendable, Hashable {
    /// The version of the form that plans are written in.
    package static let currentSchema = 1

    /// What was asked for, in short.
    package struct Selected: Codable, Sendable, Hashable {
        /// How many series were named; 0: all were wanted.
        let seriesCount: Int
        /// How many instances were.
        let instanceCount: Int
        /// The modalities that were, 100 at most.
        let modalities: [String]
        /// The conditions on attributes, 100 at most, as people write them.
        let conditions: [String]
        /// Every so-manieth instance; 1: all.
        let every: Int
        let skipsLocked: Bool
    }

    package let schema: Int
    /// The version of the tool that made it.
    package let tool: String
    /// `gs://BUCKET[/PREFIX]`, or `file:///FOLDER`.
    package let source: String
    /// The storage endpoint; `nil` for a folder.
    package let endpoint: String?
    package let selected: Selected
    /// `I/N`, where the plan is one share of another.
    package let shard: String?
    /// Whether each study is in one share as a whole.
    package let keepsStudiesWhole: Bool

    package init(place: StorePlace, selection: Selection, shard: Shard? = nil, keepsStudiesWhole: Bool = false) {
        schema = Self.currentSchema
        tool = CodVersion.current
        source = place.source
        endpoint = place.endpoint
        selected = Selected(
            seriesCount: selection.series.count, instanceCount: selection.instances.count,
            modalities: Array(selection.modalities.sorted().prefix(100)),
            conditions: Array(selection.conditionTexts.prefix(100)), every: max(selection.every, 1),
            skipsLocked: selection.skipsLocked)
        self.shard = shard?.description
        self.keepsStudiesWhole = keepsStudiesWhole
    }

    /// Reads the schema before all else: of another one nothing is known.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        schema = try fields.decode(Int.self, forKey: .schema)
        guard schema == Self.currentSchema else {
            throw PlanProblem(
                "its schema is \(schema), and this version of cod reads schema \(Self.currentSchema)",
                recovery: "Use the version of cod that made it, or make a new plan with this one.")
        }
        tool = try fields.decode(String.self, forKey: .tool)
        source = try fields.decode(String.self, forKey: .source)
        endpoint = try fields.decodeIfPresent(String.self, forKey: .endpoint)
        selected = try fields.decode(Selected.self, forKey: .selected)
        shard = try fields.decodeIfPresent(String.self, forKey: .shard)
        keepsStudiesWhole = try fields.decode(Bool.self, forKey: .keepsStudiesWhole)
    }
}
