import Testing

@testable import CodCore

@Suite("Instances of one path are told apart")
struct PathCollisionTests {
    private static func plan(_ instances: [(SeriesID, String, String)]) -> RetrievalPlan {
        var studies: [StudyPlan] = []
        for (id, uid, path) in instances {
            let study = studies.firstIndex { $0.uid == id.study } ?? studies.endIndex
            if study == studies.endIndex { studies.append(StudyPlan(uid: id.study, series: [])) }
            let instance = PlannedInstance(uid: uid, path: path)
            if let series = studies[study].series.firstIndex(where: { $0.id == id }) {
                studies[study].series[series].instances.append(instance)
            } else {
                studies[study].series.append(SeriesPlan(id: id, state: .empty, instances: [instance]))
            }
        }
        return RetrievalPlan(studies: studies)
    }

    private static func paths(_ plan: RetrievalPlan) -> [String: String] {
        var paths: [String: String] = [:]
        for series in plan.series {
            for instance in series.instances { paths["\(series.id)/\(instance.uid)"] = instance.path }
        }
        return paths
    }

    @Test("Whatever paths a plan has, each instance gets its own, in any order of the plan", arguments: 1...20)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "A", "é", "e\u{301}", "É", "b c", "x_"]
        var instances: [(SeriesID, String, String)] = []
        for number in 0..<60 {
            let id = SeriesID(study: "\(number % 3)", series: "\(number % 7)")
            let folder = names.randomElement(using: &generator) ?? ""
            let file = names.randomElement(using: &generator) ?? ""
            instances.append((id, "\(number)", "\(folder)/\(file).dcm"))
        }
        var plan = Self.plan(instances)
        plan.tellPathsApart()
        let paths = Self.paths(plan)
        #expect(paths.count == 60)
        #expect(Set(paths.values.map { FileLayout.key(of: $0) }).count == 60)
        var other = Self.plan(instances.shuffled(using: &generator))
        other.tellPathsApart()
        #expect(Self.paths(other) == paths)
        // Who has a path for himself keeps it.
        for (id, uid, path) in instances {
            let isAlone = instances.count { FileLayout.key(of: $0.2) == FileLayout.key(of: path) } == 1
            #expect((paths["\(id)/\(uid)"] == path) == isAlone)
        }
    }

    @Test("The mark is the instance's own, the same everywhere, and no template makes it")
    func mark() throws {
        let series = SeriesID(study: "1", series: "2")
        #expect(FileLayout.distinctPath("a/b.dcm", of: "3", in: series) == "a/b~9de93caf7d8d2a94.dcm")
        let others = [
            FileLayout.distinctPath("a/b.dcm", of: "4", in: series),
            FileLayout.distinctPath("a/b.dcm", of: "3", in: SeriesID(study: "1", series: "3")),
        ]
        #expect(Set(others).count == 2 && !others.contains("a/b~9de93caf7d8d2a94.dcm"))
        let layout = try #require(try FileLayout(parsing: "a/{PatientID}"))
        #expect(layout.path(of: "9", in: series, values: [0x0010_0020: "b~9de93caf7d8d2a94"]) == "a/b_9de93caf7d8d2a94.dcm")
    }
}
