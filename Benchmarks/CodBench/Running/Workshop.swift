import CodCore
import CodTesting
import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder for one run: stores that are made once, and a new output folder for every run of a contender.
final class Workshop {
    let folder: String
    /// Whether the folder lies in memory: nothing there can be brought to a disk, and there is less room.
    let isInMemory: Bool
    /// About how many bytes of instances a scenario has.
    private let byteCount: Int
    private var stores: [Int: WrittenStore] = [:]
    private var servers: [Int: StudyServer] = [:]
    private var zippedFiles: [String: (folder: String, byteCount: Int64)] = [:]
    private var outputs: [String] = []
    private let keptOutputCount: Int
    private var outputCount = 0
    private var programs: [String: Bool] = [:]

    init(in parent: String?, byteCount: Int) throws {
        self.byteCount = byteCount
        let name = "cod-bench-\(UInt32.random(in: .min ... .max))"
        let folder = URL(fileURLWithPath: parent ?? Self.usualParent).appendingPathComponent(name)
        self.folder = folder.path
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let fileSystem = FileSystem(path: folder.path)
        isInMemory = fileSystem.isInMemory
        keptOutputCount = isInMemory ? 1 : 12
        // Two stores, what is kept, and what a run writes.
        let needed = byteCount * (4 + keptOutputCount)
        let room = fileSystem.freeByteCount
        guard room > needed else {
            remove()
            throw Obstacle(
                "\(folder.deletingLastPathComponent().path) has \(room / 1_000_000) MB of room; "
                    + "\(needed / 1_000_000) MB are needed. Give a smaller --size or another --folder.")
        }
    }

    /// Linux's memory file system where there is one: a disk is measured by who asks for it.
    private static var usualParent: String {
        FileSystem(path: "/dev/shm").isInMemory ? "/dev/shm" : FileManager.default.temporaryDirectory.path
    }

    /// A remark for the user; figures alone go to standard output.
    static func say(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll("CodBench: \(line)\n".utf8)
    }

    /// A store of one study of four series, with instances of that size.
    func store(instanceByteCount: Int) throws -> WrittenStore {
        if let store = stores[instanceByteCount] { return store }
        let (rows, columns) = (32, 32)
        // What an instance has beside the noise: attributes and a small picture.
        let bare = 3000 + rows * columns * 2
        let study = try SyntheticStudy(
            seed: UInt64(instanceByteCount), seriesCount: 4,
            instancesPerSeries: max(byteCount / 4 / instanceByteCount, 1), rows: rows, columns: columns,
            payload: .noise(byteCount: max(instanceByteCount - bare, 0)))
        Self.say("making \(byteCount / 1_000_000) MB of instances of \(instanceByteCount) bytes")
        let store = try study.write(to: StoreWriter(folder: "\(folder)/store-\(instanceByteCount)"))
        stores[instanceByteCount] = store
        return store
    }

    /// A server of that store; it runs as long as the workshop.
    func server(instanceByteCount: Int) async throws -> StudyServer {
        if let server = servers[instanceByteCount] { return server }
        let store = try store(instanceByteCount: instanceByteCount)
        let nginx = await has("nginx", else: "the embedded store serves alone") ? "\(folder)/nginx-\(instanceByteCount)" : nil
        let server = try await StudyServer.start(over: store, nginxFolder: nginx)
        servers[instanceByteCount] = server
        return server
    }

    /// The folder of a study that is to be zipped, of about one part in `share` of a scenario's bytes.
    func files(_ data: ZippedData, share: Int) throws -> (folder: String, byteCount: Int64) {
        // A study's identifier, which the zip is called by.
        let path = "\(folder)/2.25.\(100 * zippedFiles.count + share)"
        let key = "\(data.name)/\(share)"
        if let files = zippedFiles[key] { return files }
        Self.say("making \(byteCount / share / 1_000_000) MB: \(data.name)")
        let files = (folder: path, byteCount: try data.write(byteCount: byteCount / share, to: path))
        zippedFiles[key] = files
        return files
    }

    /// Whether a program is there; tells once when it is not, and what that means.
    func has(_ program: String, else consequence: String = "it is left out") async -> Bool {
        if let isInstalled = programs[program] { return isInstalled }
        let isInstalled = await ChildProcess.isInstalled(program)
        programs[program] = isInstalled
        if !isInstalled { Self.say("\(program) is not installed: \(consequence)") }
        return isInstalled
    }

    /// The path of a new folder, with nothing waiting to be written to its disk.
    ///
    /// What the last runs wrote stays: on a disk more of it, because removing many files makes some file systems slow for a while.
    func freshOutput() async throws -> String {
        let folder = folder
        while outputs.count > keptOutputCount { try FileManager.default.removeItem(atPath: outputs.removeFirst()) }
        outputCount += 1
        let output = "\(folder)/output-\(outputCount)"
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

    /// Where the `cod` of this build is.
    var cod: String {
        let binary = URL(fileURLWithPath: CommandLine.arguments[0])
        return binary.deletingLastPathComponent().appendingPathComponent("cod").path
    }

    /// Stops what serves.
    func close() async {
        for server in servers.values { await server.stop() }
        servers = [:]
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }
}
