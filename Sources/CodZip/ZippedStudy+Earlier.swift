import CodCore
import SystemPackage

/// The zip of an earlier run.
extension ZippedStudy {
    /// What stands under a zip's name in a folder.
    enum Earlier: Equatable {
        /// Nothing that is a zip, or one that lacks something or has other bytes; all that it holds the new one will hold too.
        case replaceable
        /// Exactly this study: every name, size and crc32c, and nothing else.
        case same
        /// A zip that holds so many instances which the new one would not.
        case holdsMore(instanceCount: Int)
    }

    /// Looks at the directory of what is there; no instance's bytes are read. Blocks on the disk.
    func earlier(in folder: OpenFile) -> Earlier {
        guard let places = try? Self.places(of: name, in: folder) else { return .replaceable }
        let found = Dictionary(places.map { ($0.entry.name, $0.entry) }) { $1 }
        var isSame = places.count == sources.count + (report == nil ? 0 : 1)
        if let report {
            let entry = found[IncompleteEntry.name]
            isSame = isSame && entry?.checksum == report.checksum && entry?.byteCount == Int64(report.bytes.count)
        }
        isSame =
            isSame
            && sources.allSatisfy { source in
                guard let entry = found[source.name], let checksum = source.checksum else { return false }
                return entry.byteCount == source.byteCount && entry.checksum == checksum
            }
        if isSame { return .same }
        let names = Set(sources.lazy.map(\.name))
        let more = found.keys.count { $0.hasSuffix(".dcm") && !names.contains($0) }
        return more > 0 ? .holdsMore(instanceCount: more) : .replaceable
    }

    /// Of the names in a folder the one that is there in place of this zip's, as the disk ignores case: another study's. `nil` on any
    /// other disk. Blocks on the disk.
    func otherName(in folder: OpenFile) throws(Errno) -> String? {
        guard try folder.status(of: name) != nil else { return nil }
        var names: [String] = []
        do { try folder.forEachName { if $0.utf8.count == name.utf8.count { names.append($0) } } } catch let errno as Errno {
            throw errno
        } catch { throw .ioError }
        return Self.otherName(than: name, among: names)
    }

    /// The name that differs from one in case only, where that is not among them itself.
    static func otherName(than name: String, among names: [String]) -> String? {
        names.contains(name) ? nil : names.first { $0.lowercased() == name.lowercased() }
    }

    private static func places(of name: String, in folder: OpenFile) throws -> [ZipLayout.Place] {
        guard try folder.status(of: name)?.kind == .file else { return [] }
        let file = try folder.openReading(name)
        return try ZipDirectory(ofZipWith: file.byteCount()) { offset, byteCount in
            let chunk = try file.readChunk(at: offset, byteCount: byteCount)
            guard chunk.count == byteCount else { throw Errno.ioError }
            return chunk
        }.places
    }
}
