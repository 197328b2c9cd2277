#if LIBFUZZER
    import Foundation
    import Synchronization

    /// The target that libFuzzer drives: `--target=NAME`.
    private let chosen = Mutex<FuzzTarget?>(nil)

    /// Called by libFuzzer before anything else. It passes over flags that begin with two dashes; they are read here.
    ///
    /// `--write-seeds=FOLDER` writes the target's seeds and findings into a folder, its words into `FOLDER.dict` and its longest input into
    /// `FOLDER.max_len`, and ends.
    @_cdecl("LLVMFuzzerInitialize")
    public func initialize(
        _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
    ) -> CInt {
        // Arguments of main: `count` texts that live as long as the process.
        let texts = (0..<Int(count.pointee)).map { String(cString: arguments.pointee[$0]) }
        func value(of flag: String) -> String? {
            texts.first { $0.hasPrefix("--\(flag)=") }.map { String($0.dropFirst(flag.count + 3)) }
        }
        guard let target = value(of: "target").flatMap(FuzzTarget.named) else {
            fatalError("--target=NAME is one of \(FuzzTarget.all.map(\.name).joined(separator: ", ")).")
        }
        chosen.withLock { $0 = target }
        if let folder = value(of: "write-seeds") {
            do { try writeSeeds(of: target, to: folder) } catch { fatalError("\(error)") }
            exit(0)
        }
        return 0
    }

    @_cdecl("LLVMFuzzerTestOneInput")
    public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        guard let target = chosen.withLock(\.self) else { return 0 }
        // libFuzzer's bytes are there for as long as the call; this is a copy.
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        do { _ = try target.run(FuzzInput(input)) } catch { fatalError("\(error)") }
        return 0
    }

    private func writeSeeds(of target: FuzzTarget, to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, seed) in (try target.seeds() + FuzzCorpus.inputs(of: target.name)).enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(index)"))
        }
        let lines = target.words.map { word in
            "\"\(word.utf8.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())\"\n"
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: "\(folder).dict"))
        try Data("\(target.maximumByteCount)".utf8).write(to: URL(fileURLWithPath: "\(folder).max_len"))
    }
#endif
