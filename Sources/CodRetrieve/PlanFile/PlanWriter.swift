package import CodCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Writes a plan as lines of JSON. Pure: the same plan gives the same lines.
package struct PlanWriter {
    /// So many instances are on a line at most.
    static let lineInstanceCount = 1000
    private static let lineByteCount = 256 << 10

    private let header: PlanHeader
    private let encoder: JSONEncoder

    package init(header: PlanHeader) {
        self.header = header
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// Hands over one line after the other, without line ends. No line has more than some hundred KiB.
    package func write(_ plan: RetrievalPlan, to print: (String) throws -> Void) throws {
        func put(_ line: PlanLine) throws { try print(String(decoding: encoder.encode(line), as: UTF8.self)) }
        var totals = PlanTotals()
        var studies = Set<String>()
        try put(.header(header))
        for study in plan.studies where studies.insert(study.uid).inserted {
            totals.studyCount += 1
            try put(.study(StudyLine(study: study.uid, failure: study.failure.map { FailureRecord($0) })))
            for series in study.series {
                totals.seriesCount += 1
                try put(.series(SeriesLine(series)))
                if series.archive == nil { continue }
                for part in series.parts {
                    totals.portionCount += 1
                    totals.add(part.instances)
                    var isContinued: Bool?
                    try forEachLine(of: part.instances) { instances in
                        let range = part.byteRange
                        try put(
                            .portion(
                                PortionLine(
                                    start: range?.lowerBound, end: range?.upperBound, isContinued: isContinued,
                                    instances: instances)))
                        isContinued = true
                    }
                }
                try forEachLine(of: series.instances.filter { !$0.isWanted }) { instances in
                    totals.otherCount += instances.count
                    try put(.others(OthersLine(instances: instances)))
                }
            }
        }
        try put(.end(totals))
    }

    /// Cuts instances into as many as fit a line.
    private func forEachLine(of instances: [PlannedInstance], _ body: ([InstanceRecord]) throws -> Void) rethrows {
        var line: [InstanceRecord] = []
        var byteCount = 0
        for instance in instances {
            let record = InstanceRecord(instance)
            line.append(record)
            byteCount += record.byteCount
            if line.count < Self.lineInstanceCount, byteCount < Self.lineByteCount { continue }
            try body(line)
            (line, byteCount) = ([], 0)
        }
        if !line.isEmpty { try body(line) }
    }
}

extension PlanTotals {
    mutating func add(_ instances: [PlannedInstance]) {
        instanceCount += instances.count
        byteCount = instances.reduce(byteCount) { $0.addingSaturated(max($1.byteCount ?? 0, 0)) }
    }
}
