import CodCore

/// The disk that would be saved to.
extension DoctorRun {
    mutating func lookAtOutput() throws -> Diagnosis {
        let (place, folder) = try DiskPlace.look(at: output)
        (state.place, state.outputFolder) = (place, folder)
        return .output(place)
    }

    mutating func measureDisk() async throws -> Diagnosis {
        guard let place = state.place, let folder = state.outputFolder else {
            return Diagnosis(check: .disk, verdict: .skipped, message: "There is no folder to write to.")
        }
        let path = output
        let speed = try await offTaskThreads {
            try DiskSpeed.measure(in: folder, path: path, freeByteCount: place.freeByteCount)
        }
        return .disk(speed, kind: place.kind, networkRate: state.folder == nil ? state.bestRate : nil)
    }
}
