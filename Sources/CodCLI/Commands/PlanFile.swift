import CodCore
import CodRetrieve
import CodTransport
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A plan that was read out of a file, and the way to the store that it was made of.
struct PlanFile {
    let plan: RetrievalPlan
    let header: PlanHeader
    let store: StoreAccess

    /// Reads a file, or standard input for `-`, and opens the store that its header names.
    init(_ path: String, access: AccessOptions, options: RetrievalOptions, limits: LimitOptions) throws {
        var opened: StoreAccess?
        var reader = PlanReader(name: path) { header in
            let source = try Self.source(of: header, path, access)
            let store = try StoreAccess(source, options: access.gcsOptions(for: source, options, limits))
            opened = store
            return try store.place()
        }
        try Self.read(path) { try reader.push($0) }
        plan = try reader.finish()
        guard let opened, let header = reader.header else {
            throw Self.unusable(path, "It has no header.", "Make the plan again (cod plan).")
        }
        self.header = header
        store = opened
    }

    /// The store of a header. A plan comes from anywhere: it must not send this user's token to an endpoint of its own choice.
    private static func source(of header: PlanHeader, _ path: String, _ access: AccessOptions) throws -> Source {
        guard header.source.hasPrefix("gs://") || header.source.hasPrefix("file://") else {
            throw unusable(path, "It names no store of the form gs:// or file://.", "Make the plan again (cod plan).")
        }
        let source = try Source(header.source)
        guard case .bucket = source, access.endpoint == nil else { return source }
        let usual = try StorageEndpoint(environment: ProcessInfo.processInfo.environment)
        if "\(usual)" != header.endpoint {
            let other = header.endpoint.flatMap { try? StorageEndpoint(parsing: $0) }.map { "\($0)" }
            throw unusable(
                path, "It was made of a store at \(other ?? "an endpoint that cannot be one"), and this run would ask \(usual).",
                "Give --endpoint with the one that is to be asked and may see your token.")
        }
        return source
    }

    private static func read(_ path: String, _ body: (ByteChunk) throws -> Void) throws {
        let file: FileDescriptor
        do { file = path == "-" ? .standardInput : try FileDescriptor.open(FilePath(path), .readOnly) } catch {
            throw unusable(path, "It cannot be opened: \(error).", "Check the path.")
        }
        defer { if path != "-" { try? file.close() } }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count: Int
            do { count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) } } catch {
                throw unusable(path, "It cannot be read: \(error).", "Check the file.")
            }
            if count == 0 { return }
            try body(ByteChunk(buffer.prefix(count)))
        }
    }

    private static func unusable(_ path: String, _ problem: String, _ recovery: String) -> CodError {
        CodError(.invalidSource, "The plan \"\(path)\" cannot be used. \(problem)", recovery: recovery, reach: .job)
    }
}
