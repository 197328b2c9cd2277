import CodBenchKit

/// One run: the scenarios that are wanted, one after the other, and what becomes of their results.
struct BenchRun: Sendable {
    let scenarios: [String]
    let megabytes: Int?
    let roundCount: Int
    let isQuick: Bool
    let printsJSON: Bool
    let reportFolder: String?
    let folder: String?

    func run() async throws {
        try await ReleaseBuild.require()
        var kept = try reportFolder.map { try ReportFolder($0) }
        let workshop = try Workshop(in: folder)
        defer { workshop.remove() }
        do {
            let surroundings = try await Surroundings(of: workshop)
            var reports: [ScenarioReport] = []
            var obstructedKeys: [String] = []
            for scenario in Catalogue.scenarios(matching: scenarios) {
                do {
                    let report = try await report(on: scenario, in: workshop, surroundings)
                    if !printsJSON { Console.result(report.text) }
                    reports.append(report)
                    // What an hour brought is there even if the run does not come to its end.
                    try kept?.add(report)
                } catch let obstacle as Obstacle {
                    Console.say("\(scenario.key): \(obstacle)")
                    obstructedKeys.append(scenario.key)
                }
            }
            if printsJSON { Console.result(try ReportBook(reports).json()) }
            if !obstructedKeys.isEmpty {
                throw Obstacle("These could not be measured, for the reasons above: \(obstructedKeys.joined(separator: ", ")).")
            }
        } catch {
            await workshop.close()
            throw error
        }
        await workshop.close()
    }

    private func report(
        on scenario: any Scenario, in workshop: Workshop, _ surroundings: Surroundings
    ) async throws -> ScenarioReport {
        let load = scenario.load.scaled(megabytes: megabytes, isQuick: isQuick)
        Console.say("\(scenario.key): \(scenario.title), \(load.text) …")
        for program in scenario.programs { _ = await workshop.has(program) }
        try await workshop.begin(room: scenario.room(for: load, isInMemory: workshop.isInMemory))
        let measurement = try await scenario.measured(load, in: workshop, roundCount: roundCount)
        return ScenarioReport(
            key: scenario.key, title: scenario.title, amount: load.text, roundCount: roundCount, stamp: surroundings.stamp,
            conditions: surroundings.conditions, rows: measurement.rows, goals: measurement.goals, figures: measurement.figures)
    }
}
