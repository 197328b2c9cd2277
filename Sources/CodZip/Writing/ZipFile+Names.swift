import CodCore
import SystemPackage

/// The names that zips have before they are whole, and what dead processes left under such names.
///
/// `.<study>.zip.<hexadecimal digits>.partial`: its process holds the file's lock. Where files can be made without a name it is there for
/// a moment only, at the end.
extension ZipFile {
    private static let end = ".partial"

    /// A name that nothing else has.
    static func temporaryName(for name: String) -> String {
        ".\(name).\(String(UInt64.random(in: .min ... .max), radix: 16))\(end)"
    }

    /// Whether a name is one that ``temporaryName(for:)`` makes for a study's zip.
    static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix("."), name.hasSuffix(end) else { return false }
        let rest = name.dropFirst().dropLast(end.count)
        guard let dot = rest.lastIndex(of: "."), UInt64(rest[rest.index(after: dot)...], radix: 16) != nil,
            rest[..<dot].hasSuffix(ZippedStudy.suffix)
        else { return false }
        // A study's folder may have a mark behind the identifier.
        return UIDText.isValid(rest[..<dot].dropLast(ZippedStudy.suffix.count).prefix { $0 != "~" })
    }

    /// Removes what dead processes left in a folder. A living one holds its file's lock. What cannot be removed stays: it hurts nobody.
    static func removeDead(in folder: OpenFile) {
        try? folder.forEachName { name in
            guard isTemporary(name), try folder.status(of: name)?.kind == .file,
                let file = try? folder.openReading(name), (try? file.lock(waiting: false)) == true
            else { return }
            withExtendedLifetime(file) { try? folder.removeFile(name) }
        }
    }

    /// Throws when no file can be made in a folder. Leaves nothing behind.
    static func probe(_ folder: OpenFile) throws(Errno) {
        do { _ = try folder.createUnnamed() } catch .notSupported {
            let name = temporaryName(for: "0\(ZippedStudy.suffix)")
            _ = try folder.create(name)
            // Another process may take it for a dead one's.
            do { try folder.removeFile(name) } catch .noSuchFileOrDirectory {}
        }
    }

    /// A locked file without a name; `nil` where there are none, or none that could be given the name in the end.
    static func createUnnamed(in folder: OpenFile, trying name: String) throws(Errno) -> OpenFile? {
        do {
            // A nameless file may be had and yet not be given a name, for want of `/proc` say.
            do {
                try folder.link(folder.createUnnamed(), as: name)
                try folder.removeFile(name)
            } catch .notSupported { return nil } catch .noSuchFileOrDirectory { return nil }
            let file = try folder.createUnnamed()
            _ = try? file.lock(waiting: false)
            return file
        } catch .notSupported { return nil }
    }

    /// A locked file that has a name of its own for the meantime.
    static func createLocked(_ name: String, in folder: OpenFile) throws(Errno) -> (OpenFile, temporaryName: String) {
        var lastTemporary = ""
        for _ in 0..<8 {
            lastTemporary = temporaryName(for: name)
            let file = try folder.create(lastTemporary)
            // In the moment before it is locked another process may take it for a dead one's.
            let isLocked: Bool
            do { isLocked = try file.lock(waiting: false) } catch {
                // Where there are no locks nobody can take this one either, and dead files stay.
                return (file, lastTemporary)
            }
            if isLocked, try folder.status(of: lastTemporary) != nil { return (file, lastTemporary) }
            try? folder.removeFile(lastTemporary)
        }
        throw .resourceTemporarilyUnavailable
    }
}
