import CodCore

// The examples of Plugins/README.md, as they stand there.

/// Refuses instances that are too short to be DICOM files.
struct MinimumSize: Stage {
    func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> InstanceStream {
        input.observing { event in
            guard case .begin(let instance) = event, instance.byteCount < 132 else { return }
            throw CodError(.refused, "An instance of \(instance.byteCount) bytes is no DICOM file.", reach: .instance)
        }
    }
}

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

/// Saves nothing: tells how large everything is.
struct SizePrinter: Sink {
    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        var byteCount = 0
        while let chunk = try await body.next() { byteCount += chunk.count }
        print("\(instance.path): \(byteCount) bytes")
        return SavedInstance(instance: instance, path: instance.path, root: "nowhere")
    }
}
