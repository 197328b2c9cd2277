#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Removes instances from a download's folder as soon as they stand there, so that a large one needs little room.
struct Sweeper {
    private let task: Task<Void, Never>

    /// Begins; it goes on until ``stop()``.
    init(_ folder: String) {
        task = Task { await Self.sweep(folder) }
    }

    /// Returns when nothing will be removed any more.
    func stop() async {
        task.cancel()
        await task.value
    }

    @concurrent private static func sweep(_ folder: String) async {
        while !Task.isCancelled {
            for instances in instanceFolders(in: folder) {
                for name in names(in: instances) where name.hasSuffix(".dcm") {
                    // What is gone already need not be removed.
                    try? FileManager.default.removeItem(atPath: "\(instances)/\(name)")
                }
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// `<folder>/<study>/<series>/instances` of each series.
    private static func instanceFolders(in folder: String) -> [String] {
        let studies = names(in: folder).filter { !$0.hasPrefix(".") }.map { "\(folder)/\($0)" }
        return studies.flatMap { study in names(in: study).map { "\(study)/\($0)/instances" } }
    }

    private static func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
