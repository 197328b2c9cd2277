import CodCore
import CodTesting
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder for one run: stores that are kept while they are of use, servers, and a new output folder for every run of a contender.
final class Workshop {
    let folder: String
    /// Whether the folder lies in memory: nothing there can be brought to a disk, and there is less room.
    let isInMemory: Bool
    private var stores: [StoreShape: WrittenStore] = [:]
    private var shapesInUse: Set<StoreShape> = []
    private var servers: [StudyServer] = []
    private var outputs: [String] = []
    private let keptOutputCount: Int
    private var numberOfNames = 0
    private var programs: [String: Bool] = [:]

    init(in parent: String?) throws {
        let name = "cod-bench-\(UInt32.random(in: .min ... .max))"
        let folder = URL(fileURLWithPath: parent ?? Self.usualParent).appendingPathComponent(name)
        self.folder = folder.path
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        isInMemory = FileSystem(path: folder.path).isInMemory
        keptOutputCount = isInMemory ? 1 : 12
    }

    /// Linux's memory file system where there is one: a disk is measured by who asks for it.
    static var usualParent: String {
        FileSystem(path: "/dev/shm").isInMemory ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    }

    /// Puts away what the scenario before left, and sees to it that there is room for one of that many bytes.
    func begin(room needed: Int) async throws {
        await close()
        shapesInUse = []
        while !outputs.isEmpty { try FileManager.default.removeItem(atPath: outputs.removeFirst()) }
        let room = FileSystem(path: folder).freeByteCount
        guard room > needed else {
            throw Obstacle(
                "\(URL(fileURLWithPath: folder).deletingLastPathComponent().path) has \(room / 1_000_000) MB of room; "
                    + "\(needed / 1_000_000) MB are needed. Give a smaller --size or another --folder.")
        }
    }

    /// A store of that shape. Those that only earlier scenarios used are removed first.
    func store(_ shape: StoreShape) throws -> WrittenStore {
        shapesInUse.insert(shape)
        if let store = stores[shape] { return store }
        for old in stores.keys where !shapesInUse.contains(old) {
            try FileManager.default.removeItem(atPath: storeFolder(old))
            stores[old] = nil
        }
        let millions = shape.instanceCount * shape.instanceByteCount / 1_000_000
        Console.say("making \(millions) MB: \(shape.instanceCount) instances of \(shape.instanceByteCount) bytes")
        let store = try shape.study.write(to: StoreWriter(folder: storeFolder(shape)))
        stores[shape] = store
        return store
    }

    private func storeFolder(_ shape: StoreShape) -> String { "\(folder)/store-\(shape.name)" }

    /// A server of that store, until the next scenario begins: nginx where it is there.
    func server(_ shape: StoreShape, isSecure: Bool = false) async throws -> StudyServer {
        let store = try store(shape)
        let nginx = await has("nginx", else: "the embedded store serves alone") ? newName("nginx") : nil
        let authority = isSecure ? try TestAuthority() : nil
        let server = try await StudyServer.start(over: store, nginxFolder: nginx, authority: authority, in: newName("trust"))
        servers.append(server)
        return server
    }

    /// The embedded store alone, which counts what it sends, until the next scenario begins.
    func countingServer(_ shape: StoreShape, rules: LoopbackStore.Rules = .init()) async throws -> StudyServer {
        let server = try await StudyServer.start(over: try store(shape), rules: rules)
        servers.append(server)
        return server
    }

    /// The folder of a study that is to be zipped, until the next scenario begins.
    func files(_ data: ZippedData, byteCount: Int) throws -> (folder: String, byteCount: Int64) {
        numberOfNames += 1
        // A study's identifier, which the zip is called by.
        let path = "\(folder)/2.25.\(numberOfNames)"
        Console.say("making \(byteCount / 1_000_000) MB: \(data.name)")
        outputs.append(path)
        return (folder: path, byteCount: try data.write(byteCount: byteCount, to: path))
    }

    /// Whether a program is there; tells once when it is not, and what that means.
    func has(_ program: String, else consequence: String = "it is left out") async -> Bool {
        if let isInstalled = programs[program] { return isInstalled }
        let isInstalled = await ChildProcess.isInstalled(program)
        programs[program] = isInstalled
        if !isInstalled { Console.say("\(program) is not installed: \(consequence)") }
        return isInstalled
    }

    /// The path of a new folder, with nothing waiting to be written to its disk.
    ///
    /// What the last runs wrote stays: on a disk more of it, because removing many files makes some file systems slow for a while.
    func freshOutput() async throws -> String {
        try forgetOutputs()
        let output = newName("output")
        outputs.append(output)
        return try await offTaskThreads {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
            // Else a contender that waits for the disk would wait for what others wrote.
            #if os(Linux)
                try OpenFile.folder(at: output).syncFileSystem()
            #endif
            return output
        }
    }

    private func forgetOutputs() throws {
        let old = outputs.filter { $0.contains("/output-") }.dropLast(keptOutputCount)
        for path in old { try FileManager.default.removeItem(atPath: path) }
        outputs.removeAll { old.contains($0) }
    }

    /// A path in the folder that nothing has.
    func newName(_ kind: String) -> String {
        numberOfNames += 1
        return "\(folder)/\(kind)-\(numberOfNames)"
    }

    /// Where the `cod` of this build is.
    var cod: String {
        let binary = URL(fileURLWithPath: CommandLine.arguments[0])
        return binary.deletingLastPathComponent().appendingPathComponent("cod").path
    }

    /// Stops what serves.
    func close() async {
        for server in servers { await server.stop() }
        servers = []
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
