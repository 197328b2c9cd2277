import CodCore

extension Selection {
    /// What it asks for, as the flags that say so; of many identifiers only how many they are.
    var flagTexts: [String] {
        func named(_ flag: String, _ uids: Set<String>) -> [String] {
            guard let first = uids.first else { return [] }
            return ["\(flag) \(uids.count == 1 ? first : "(\(uids.count) of them)")"]
        }
        return named("--series", series) + named("--instance", instances) + modalities.sorted().map { "--modality \($0)" }
            + seriesDescriptions.map { "--series-description \($0)" } + attributes.map { "--where \($0)" }
    }
}
