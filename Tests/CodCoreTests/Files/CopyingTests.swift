import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import CodCore

@Suite("Copying from file to file")
struct CopyingTests {
    private let folder: TemporaryFolder
    private let source: OpenFile
    private let target: OpenFile

    init() throws {
        folder = try TemporaryFolder()
        try folder.put("0123456789", at: "source")
        let opened = try OpenFile.folder(at: folder.path)
        source = try opened.openReading("source")
        target = try opened.openWriting("target")
    }

    @Test("brings the bytes that were asked for to where they are to be")
    func copies() throws {
        try target.copy(4, from: source, at: 3, to: 2)
        try target.copy(2, from: source, at: 0, to: 0)
        try target.copy(0, from: source, at: 10, to: 100)
        #expect(folder.text("target") == "013456")
    }

    @Test("works into and out of a file without a name")
    func unnamed() throws {
        let opened = try OpenFile.folder(at: folder.path)
        let middle = try? opened.createUnnamed()
        guard let middle else { return }
        try middle.copy(10, from: source, at: 0, to: 5)
        try target.copy(12, from: middle, at: 3, to: 0)
        #expect(folder.text("target") == "\0\00123456789")
    }

    @Test("between file systems comes by reading")
    func otherFileSystem() throws {
        let memory = try TemporaryFolder(inMemory: true)
        let other = try OpenFile.folder(at: memory.path).openWriting("target")
        try other.copy(7, from: source, at: 2, to: 0)
        #expect(memory.text("target") == "2345678")
    }

    @Test("ends with an error where there is less than was asked for")
    func tooShort() {
        #expect(throws: Errno.invalidArgument) { try target.copy(5, from: source, at: 6, to: 0) }
    }

    @Test("Files are told apart whatever their names, and known again under another one")
    func identity() throws {
        let opened = try OpenFile.folder(at: folder.path)
        let before = try source.status().identity
        #expect(try target.status().identity != before)
        try opened.rename("source", to: opened, as: "renamed")
        #expect(try opened.status(of: "renamed")?.identity == before)
        #expect(try opened.status(of: "source") == nil)
        try folder.put("", at: "source")
        #expect(try opened.status(of: "source")?.identity != before)
    }
}
