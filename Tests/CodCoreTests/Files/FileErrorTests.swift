import SystemPackage
import TestSupport
import Testing

@testable import CodCore

@Suite("What a failed call on a file costs, and what can be done about it")
struct FileErrorTests {
    @Test(
        "What every other file will meet too stops the run, and a way out is named",
        arguments: [
            Errno.noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .ioError, .tooManyOpenFiles, .tooManyOpenFilesInSystem,
            .staleNFSFileHandle, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .socketNotConnected, .hostIsDown,
            Errno.timedOut,
        ])
    func stopsAll(_ errno: Errno) {
        let error = CodError.file("write", "a/b.dcm", errno)
        #expect(error.reach == .job && error.code == .writeFailed)
        #expect(error.message == "Cannot write a/b.dcm: \(errno).")
        #expect(error.recovery != nil)
    }

    @Test(
        "What concerns a file alone costs it alone",
        arguments: [Errno.permissionDenied, .notPermitted, .fileTooLarge, .isDirectory, .notDirectory, .fileNameTooLong])
    func costsOne(_ errno: Errno) {
        #expect(CodError.file("write", "a/b.dcm", errno).reach == .instance)
    }

    @Test("Too many open files names the limit and the flag")
    func openFiles() {
        let recovery = CodError.file("write", "a", .tooManyOpenFiles).recovery ?? ""
        #expect(recovery.contains("ulimit -n") && recovery.contains("--jobs"))
    }

    @Test(
        "Amounts of bytes are read in decimal units",
        arguments: [(0, "0 B"), (999, "999 B"), (1_250_000, "1.3 MB"), (Int64.max, "9223 PB")])
    func amounts(_ byteCount: Int64, _ text: String) {
        #expect(byteCount.inByteUnits == text)
    }

    @Test("A folder's file system tells of its room, and whether files can be made there")
    func fileSystem() throws {
        let temporary = try TemporaryFolder()
        let folder = try OpenFile.folder(at: temporary.path)
        let status = try folder.fileSystem()
        #expect(status.freeByteCount.map { $0 > 0 } ?? true)
        #expect(status.blockByteCount > 0 && !status.isReadOnly)
        try folder.checkMayAdd()
        #expect(temporary.everything == [])
    }
}
