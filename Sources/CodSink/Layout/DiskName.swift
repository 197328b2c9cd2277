internal import CodCore

/// What an identifier is called on disk: itself; or, where that name is another one's on a disk that ignores case, itself with a
/// mark.
///
/// On the disks of Macs and Windows, on sticks and on many servers `abC` and `abc` are one name; with hashed identifiers they may be
/// two instances. The mark is `~` and hexadecimal digits that tell which of the letters are capitals (the first letter is the lowest
/// bit): `abC~00000004`. So no two identifiers have marked names that differ in case only, and the name alone says which identifier
/// it is. No identifier holds a `~`. At least eight digits keep marked names away from the short names (`ABCDEF~1`) that FAT makes up.
enum DiskName {
    private static let mark = UInt8(ascii: "~")
    private static let fewestDigitCount = 8

    /// Whether there may be another identifier whose name is the same one on some disk.
    static func isAmbiguous(_ uid: some StringProtocol) -> Bool {
        uid.utf8.contains(where: isLetter) || uid.hasSuffix(".")
    }

    /// The name with the mark.
    static func marked(_ uid: some StringProtocol) -> String {
        var digits: [UInt8] = []
        for (position, letter) in uid.utf8.lazy.filter(isLetter).enumerated() {
            if position % 4 == 0 { digits.append(0) }
            if isCapital(letter) { digits[position / 4] |= 1 << (position % 4) }
        }
        while digits.count < fewestDigitCount { digits.append(0) }
        return "\(uid)~" + digits.reversed().map { String($0, radix: 16) }.joined()
    }

    /// The identifier that has a name, plain or marked; `nil` when none has.
    static func identifier(of name: some StringProtocol) -> String? {
        guard let position = name.utf8.firstIndex(of: mark) else { return UIDText.isValid(name) ? String(name) : nil }
        let uid = name[..<position]
        return UIDText.isValid(uid) && marked(uid) == name ? String(uid) : nil
    }

    /// What two names have in common that are one on some disk: case counts for nothing there, nor do dots at the end.
    static func key(_ name: some StringProtocol) -> String {
        let bytes = name.utf8.map { isCapital($0) ? $0 | 0x20 : $0 }
        let end = bytes.lastIndex { $0 != UInt8(ascii: ".") }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// The name with small letters for capitals and capitals for small letters.
    static func swappingCase(_ name: some StringProtocol) -> String {
        String(decoding: name.utf8.map { isLetter($0) ? $0 ^ 0x20 : $0 }, as: UTF8.self)
    }

    /// Those of some identifiers that cannot all have their plain names in one folder of a disk that ignores case.
    static func colliding(_ uids: some Sequence<String>, suffix: String = "") -> Set<String> {
        var first: [String: String] = [:]
        var colliding = Set<String>()
        for uid in uids where isAmbiguous(uid) {
            if let other = first.updateValue(uid, forKey: key(uid + suffix)), other != uid { colliding.formUnion([uid, other]) }
        }
        return colliding
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte | 0x20 }
    private static func isCapital(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte }
}
