import CodBenchKit

/// What there is to measure, for people.
enum ScenarioList {
    static var text: String {
        let isInMemory = FileSystem(path: Workshop.usualParent).isInMemory
        let rows = Catalogue.scenarios.map { scenario in
            let room = scenario.room(for: scenario.load, isInMemory: isInMemory)
            return [
                scenario.key, scenario.load.text, NumberText.bytes(Double(room)), "  " + scenario.title,
                scenario.programs.joined(separator: ", "),
            ]
        }
        let plain = TextTable([["key", "amount", "room"]] + rows.map { Array($0.prefix(3)) }).plain
        // What is long stands flush left at the end.
        return zip(plain, [""] + rows.map { $0[3] + ($0[4].isEmpty ? "" : " [\($0[4])]") }).map { $0 + $1 }
            .joined(separator: "\n")
    }
}
