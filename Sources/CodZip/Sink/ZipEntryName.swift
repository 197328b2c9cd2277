import CodCore

/// What an instance is called in a zip of its study: `<series>/instances/<instance>.dcm`.
enum ZipEntryName {
    /// The name of an instance. Throws where an identifier cannot be part of one.
    static func name(of instance: Instance) throws(CodError) -> String {
        try instance.checkNames(for: "in a zip")
        return StudyZipper.entryName(of: instance)
    }

    /// The series that an entry of that name is of, where it is an instance.
    static func series(of name: String) -> Substring { name.prefix { $0 != "/" } }

    /// Whether an entry of that name is an instance.
    static func isOfInstance(_ name: some StringProtocol) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && UIDText.isValid(parts[0]) && parts[1] == "instances" && parts[2].hasSuffix(".dcm")
            && UIDText.isValid(parts[2].dropLast(4))
    }

    /// Whether an entry of that name is an instance, under its usual name or where a layout put it.
    static func mayBeOfInstance(_ name: String) -> Bool { name.utf8.suffix(4).elementsEqual(".dcm".utf8) }

    /// What stands before the last slash of a name.
    static func folder(of name: String) -> Substring {
        Substring(name.utf8.prefix(upTo: name.utf8.lastIndex(of: UInt8(ascii: "/")) ?? name.startIndex))
    }
}
