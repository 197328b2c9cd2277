import CodCore
import Synchronization

// begin
/// For tests: it holds all that it saves.
final class MemorySink: Sink {
    private let saved = Mutex<[String: [UInt8]]>([:])

    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        var bytes: [UInt8] = []
        while let chunk = try await body.next() { chunk.withBytes { $0.withUnsafeBytes { bytes += $0 } } }
        guard bytes.count == instance.byteCount else {
            throw CodError(.sizeMismatch, "\(bytes.count) bytes came; \(instance.byteCount) were announced.", reach: .instance)
        }
        let whole = bytes
        saved.withLock { $0[instance.path] = whole }
        return SavedInstance(instance: instance, path: instance.path, root: "memory")
    }

    func takeBack(_ instances: [SavedInstance]) async throws {
        saved.withLock { saved in
            for instance in instances { saved[instance.path] = nil }
        }
    }

    func bytes(of instance: Instance) -> [UInt8]? { saved.withLock { $0[instance.path] } }
}
// end
