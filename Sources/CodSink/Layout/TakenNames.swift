/// The names that are taken in a folder of a disk that ignores case. Pure.
struct TakenNames: Sendable {
    /// Each name under what it shares with those that are the same one there.
    private var names: [String: String] = [:]

    /// The names that are in the folder. Those without a letter are in nobody's way and are left out.
    init(_ listed: some Sequence<String>) {
        for name in listed where DiskName.isAmbiguous(name) { names[DiskName.key(name)] = name }
    }

    /// The name of an identifier in the folder, which is taken from now on: the one it has, else the plain one, else the marked one.
    /// `isMarked`: it is to have the marked one if it has none yet.
    mutating func name(of uid: String, suffix: String, isMarked: Bool) -> String {
        let (plain, marked) = (uid + suffix, DiskName.marked(uid) + suffix)
        let holder = names[DiskName.key(plain)]
        if holder == plain { return plain }
        let name = isMarked || holder != nil || names[DiskName.key(marked)] != nil || plain.hasSuffix(".") ? marked : plain
        names[DiskName.key(name)] = name
        return name
    }
}
