#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The newest report of each scenario on each file system, kept as JSON between runs, so that one of an hour can be made in pieces.
package struct ReportBook: Sendable, Hashable, Codable {
    /// Of the form of the JSON.
    package static let currentSchema = 1

    package var schema = Self.currentSchema
    package private(set) var reports: [ScenarioReport] = []

    package init(_ reports: [ScenarioReport] = []) {
        self.reports = reports
    }

    /// Reads what ``json()`` wrote. Throws when it is something else.
    package init(json: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(ReportBook.self, from: Data(json))
        guard schema == Self.currentSchema else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "its schema is \(schema), not \(Self.currentSchema)"))
        }
    }

    /// Sorted, indented, and ended by a line's end, so that changes to it can be read.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Takes newer reports in, each in the place of an older one of its key and file system.
    ///
    /// - Parameter order: the keys of all scenarios; reports of others come last, in the order in which they were.
    package mutating func merge(_ newer: [ScenarioReport], order: [String]) {
        for report in newer {
            if let place = reports.firstIndex(where: { Self.isSame($0, report) }) {
                reports[place] = report
            } else {
                reports.append(report)
            }
        }
        let rank = Dictionary(order.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        reports = reports.enumerated().sorted {
            (rank[$0.element.key] ?? order.count, $0.offset) < (rank[$1.element.key] ?? order.count, $1.offset)
        }.map(\.element)
    }

    /// What a report is called among the others: its key, with the file system where there are several.
    package func name(of report: ScenarioReport) -> String {
        let hasOthers = reports.contains { $0.key == report.key && !Self.isSame($0, report) }
        return report.key + (hasOthers ? " on \(report.conditions.fileSystem)" : "")
    }

    private static func isSame(_ one: ScenarioReport, _ other: ScenarioReport) -> Bool {
        one.key == other.key && one.conditions.fileSystem == other.conditions.fileSystem
    }
}
