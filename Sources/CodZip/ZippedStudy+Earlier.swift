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

    /// Looks at the directory of what is there, and at the mark of what is damaged; no instance's bytes are read. Blocks on the disk.
    func earlier(in folder: OpenFile) -> Earlier {
        guard let zip = try? FinishedZip(named: name, in: folder, at: name) else { return .replaceable }
        var isSame = zip.damaged.isEmpty && zip.entryCount == sources.count + (report == nil ? 0 : 1)
        if let report {
            let entry = zip.places[IncompleteEntry.name]?.entry
            isSame = isSame && entry?.checksum == report.checksum && entry?.byteCount == Int64(report.bytes.count)
        }
        isSame =
            isSame
            && sources.allSatisfy { source in
                guard let entry = zip.places[source.name]?.entry, let checksum = source.checksum else { return false }
                return entry.byteCount == source.byteCount && entry.checksum == checksum
            }
        if isSame { return .same }
        let names = Set(sources.lazy.map(\.name))
        // What is damaged may be worth more than nothing, too.
        let more = [Array(zip.places.keys), Array(zip.damaged)].joined().count { $0.hasSuffix(".dcm") && !names.contains($0) }
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
}
