import CodCore
import Testing

@testable import CodSink

@Suite("Names that tell identifiers apart on disks that ignore case")
struct DiskNameTests {
    @Test(
        "The mark tells which letters are capitals",
        arguments: [
            ("abc", "abc~00000000"), ("Abc", "Abc~00000001"), ("abC", "abC~00000004"), ("1.2.A-b_C", "1.2.A-b_C~00000005"),
            ("1.2.", "1.2.~00000000"), (String(repeating: "Z", count: 33), String(repeating: "Z", count: 33) + "~1ffffffff"),
        ])
    func marked(_ uid: String, _ name: String) {
        #expect(DiskName.marked(uid) == name)
        #expect(DiskName.identifier(of: name) == uid)
    }

    @Test("No two identifiers have marked names that a disk could take for one, however many differ in case only")
    func injective() {
        let letters = Array("abcdefghij")
        var keys = Set<String>()
        for variant in 0..<1 << letters.count {
            let uid = letters.enumerated().map { variant >> $0 & 1 == 1 ? $1.uppercased() : String($1) }.joined(separator: ".")
            keys.insert(DiskName.key(DiskName.marked(uid)))
            #expect(DiskName.identifier(of: DiskName.marked(uid)) == uid)
        }
        #expect(keys.count == 1 << letters.count)
    }

    @Test("The longest identifier has a name that every disk takes, and its file's as well")
    func longest() {
        let uid = String(repeating: "aB", count: UIDText.maximumCount / 2)
        let name = DiskName.marked(uid) + OutputLayout.instanceSuffix
        #expect(name.utf8.count <= 255)
        #expect(OutputLayout.instance(ofFileNamed: name) == uid)
    }

    @Test(
        "What is no identifier's name is none",
        arguments: [
            "", "~", "~00000000", "abC~", "abC~4", "abC~00000005", "abC~000000004", "abc~00000004", "abC~0000000g",
            "abC~ 0000004",
            "a b~00000000", "..~00000000", ".cod~00000000", ".COD", "log.json", "abC~00000004~00000000", "ABCDEF~1",
        ])
    func noName(_ name: String) {
        #expect(DiskName.identifier(of: name) == nil)
    }

    @Test("Of identifiers those collide that differ in case only, or as folders in dots at the end")
    func colliding() {
        #expect(DiskName.colliding(["abc", "abC", "ab", "1.2", "1.2", "abd"]) == ["abc", "abC"])
        #expect(DiskName.colliding(["abc", "ABC", "Abc"]) == ["abc", "ABC", "Abc"])
        #expect(DiskName.colliding(["abc", "abc"]).isEmpty)
        #expect(DiskName.colliding(["abc", "abc."]) == ["abc", "abc."])
        #expect(DiskName.colliding(["abc", "abc."], suffix: ".dcm").isEmpty)
        #expect(DiskName.colliding(["abc.", "ABC."], suffix: ".dcm") == ["abc.", "ABC."])
    }

    @Test("A name is given once; who has one keeps it")
    func takenNames() {
        var names = TakenNames(["Held.dcm", "other~00000000.dcm", "1.dcm"])
        func name(_ uid: String, isMarked: Bool = false) -> String { names.name(of: uid, suffix: ".dcm", isMarked: isMarked) }
        #expect(name("Held", isMarked: true) == "Held.dcm")
        #expect(name("held") == "held~00000000.dcm")
        #expect(name("other") == "other~00000000.dcm")
        #expect(name("Other") == "Other.dcm")
        #expect(name("new") == "new.dcm")
        #expect(name("NEW") == "NEW~00000007.dcm")
        #expect(name("neW", isMarked: true) == "neW~00000004.dcm")
        #expect(name("new") == "new.dcm")
        #expect(name("NEW") == "NEW~00000007.dcm")
    }

    @Test("Names with dots at the end are marked as folders, and not as files")
    func dots() {
        var names = TakenNames([String]())
        #expect(names.name(of: "1.2.", suffix: "", isMarked: false) == "1.2.~00000000")
        #expect(names.name(of: "1.2.", suffix: ".dcm", isMarked: false) == "1.2..dcm")
    }
}
