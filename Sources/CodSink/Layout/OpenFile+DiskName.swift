internal import CodCore
internal import SystemPackage

/// Finding identifiers in a folder, whatever its disk makes of capital and small letters. Identifiers must have been checked.
extension OpenFile {
    /// What an identifier is called in this folder; `nil` when nothing is there for it.
    ///
    /// It need not be known whether the disk ignores case: a name that opens is the identifier's own when the same name in the other
    /// case does not open, and else when the folder lists it so.
    func name(of uid: String, suffix: String = "") throws(Errno) -> String? {
        let plain = uid + suffix
        guard DiskName.isAmbiguous(uid) else { return try status(of: plain) == nil ? nil : plain }
        if try status(of: plain) != nil, try isExact(plain) { return plain }
        let marked = DiskName.marked(uid) + suffix
        return try status(of: marked) == nil ? nil : marked
    }

    /// The folder of an identifier in this one; `nil` when there is none, or a link or a file in its place.
    func folderIfThere(of uid: String) throws(Errno) -> OpenFile? {
        guard let name = try name(of: uid) else { return nil }
        return try folderIfThere(name)
    }

    /// The same, made where it is not there: under the plain name where that is free, and with a mark where it is not, or where
    /// `isMarked` says that it will not be. Answers the name too.
    func makingFolder(of uid: String, isMarked: Bool = false) throws(Errno) -> (folder: OpenFile, name: String) {
        let name = try makingName(of: uid, isMarked: isMarked) { (name) throws(Errno) in
            try makeFolder(name)
        } remove: {
            try? removeFolder($0)
        }
        return (try folder(name), name)
    }

    /// The file of an identifier in this folder, opened for appending, made where it is not there, under the same rule.
    func openAppending(of uid: String, suffix: String, isMarked: Bool = false) throws(Errno) -> (file: OpenFile, name: String) {
        let name = try makingName(of: uid, suffix: suffix, isMarked: isMarked) { (name) throws(Errno) in
            _ = try create(name)
        } remove: {
            try? removeFile($0)
        }
        return (try openAppending(name), name)
    }

    /// The names in this folder that `isWanted` says yes to.
    func names(where isWanted: (String) -> Bool) throws(Errno) -> Set<String> {
        var names = Set<String>()
        do {
            try forEachName { if isWanted($0) { names.insert($0) } }
        } catch let errno as Errno { throw errno } catch { throw .ioError }
        return names
    }

    /// `make` fails where there is something of that name, or of one that is the same on this disk: so nobody who makes another one at
    /// the same time is given this one's.
    private func makingName(
        of uid: String, suffix: String = "", isMarked: Bool, make: (String) throws(Errno) -> Void, remove: (String) -> Void
    ) throws(Errno) -> String {
        if let name = try name(of: uid, suffix: suffix) { return name }
        let (plain, marked) = (uid + suffix, DiskName.marked(uid) + suffix)
        if !isMarked {
            do {
                try make(plain)
                // Some disks drop dots at the end.
                if !plain.hasSuffix(".") { return plain }
                if try isExact(plain) { return plain }
                remove(plain)
            } catch .fileExists {
                if let name = try name(of: uid, suffix: suffix) { return name }
                // Without letters no other name can be in the way: it was there, and has gone.
                if !DiskName.isAmbiguous(uid) { throw .noSuchFileOrDirectory }
            }
        }
        do { try make(marked) } catch .fileExists {}
        return marked
    }

    /// Whether a name that is there is this one to the letter.
    private func isExact(_ name: String) throws(Errno) -> Bool {
        if !name.hasSuffix("."), try status(of: DiskName.swappingCase(name)) == nil { return true }
        return try !names { $0 == name }.isEmpty
    }
}
