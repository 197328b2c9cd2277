import CodCore

// begin
/// Writes a list of each complete study's files.
struct FileList: Finisher {
    let folder: String

    func run(_ input: consuming SavedStudy, in context: StageContext) async throws -> SavedStudy {
        var study = input
        guard study.isComplete else { return study }
        let path = "\(folder)/\(study.uid).txt"
        let text = study.series.flatMap(\.instances).map { "\($0.location)\n" }.joined()
        try await offTaskThreads { try ArtifactFile.write(text, to: path) }
        study.artifacts.append(path)
        return study
    }
}
// end
