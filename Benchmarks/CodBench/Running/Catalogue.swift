/// All that can be measured, in the order of the page.
enum Catalogue {
    static let scenarios: [any Scenario] =
        ExtractScenario.all + SaveScenario.all + DownloadScenario.all
        + [FarArchiveScenario(), FarSeriesScenario(), FarPlanScenario()]
        + WireScenario.all + [ResumeScenario()] + MemoryScenario.all
        + [VerifyScenario(), StartScenario(), SmallStudyScenario()]
        + ZipDownloadScenario.all + ZipScenario.all

    static var keys: [String] { scenarios.map(\.key) }

    /// Those that one of the texts names: a key, or else a part of keys or titles. All without a text.
    static func scenarios(matching texts: [String]) -> [any Scenario] {
        guard !texts.isEmpty else { return scenarios }
        return scenarios.filter { scenario in
            texts.contains { text in
                keys.contains(text) ? text == scenario.key : scenario.key.contains(text) || scenario.title.contains(text)
            }
        }
    }
}
