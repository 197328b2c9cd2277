import CodBenchKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder with the page, its chart, and the JSON that both are made of.
struct ReportFolder {
    private let folder: String
    private(set) var book: ReportBook

    /// Reads what is there already. Throws when the folder cannot be made, or what is there is no book of ours.
    init(_ folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let json = "\(folder)/Benchmarks.json"
        guard FileManager.default.fileExists(atPath: json) else {
            book = ReportBook()
            return
        }
        do { book = try ReportBook(json: Data(contentsOf: URL(fileURLWithPath: json))) } catch {
            throw Obstacle(
                "\(json) cannot be read as the results of earlier runs: \(error). Remove it, or choose another folder.")
        }
    }

    /// Takes a result in, and writes all three anew.
    mutating func add(_ report: ScenarioReport) throws {
        book.merge([report], order: Catalogue.keys)
        try write()
    }

    func write() throws {
        for (name, text) in [
            ("Benchmarks.json", try book.json()), ("Benchmarks.svg", TargetChart(book).svg),
            ("Benchmarks.md", BenchmarkPage(book, chartName: "Benchmarks.svg").text),
        ] {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
    }
}
