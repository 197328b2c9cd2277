import CodBenchKit

/// A study's folder into a zip by the library's finisher, beside the programs that a user would zip it with.
struct ZipScenario: TimedScenario {
    let key: String
    let data: ZippedData
    let level: Int
    let load: Load

    static let all: [any Scenario] = [
        ZipScenario(key: "zip-ct", data: .slices, level: 1, load: .megabytes(1074)),
        ZipScenario(key: "zip-ct-6", data: .slices, level: 6, load: .megabytes(1074)),
        ZipScenario(key: "zip-jpeg2000", data: .jpeg2000, level: 1, load: .megabytes(1074)),
        ZipScenario(key: "zip-small", data: .smallSlices, level: 1, load: .megabytes(430)),
        ZipScenario(key: "zip-small-6", data: .smallSlices, level: 6, load: .megabytes(430)),
        ZipScenario(key: "zip-one", data: .cine, level: 1, load: .megabytes(1074)),
        ZipScenario(key: "zip-one-6", data: .cine, level: 6, load: .megabytes(1074)),
    ]

    // At higher levels the others take minutes for what takes seconds else, so they get a quarter.
    var title: String { "zip \(data.name), level \(level)\(level > 1 ? ", a quarter of the data" : "")" }
    let programs = ["zip", "7z", "python3", "pigz"]
    let goals = [Goal.wallOfFastestPeer(atMost: nil)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let files = try workshop.files(data, byteCount: level > 1 ? load.byteCount / 4 : load.byteCount)
        let (folder, level, byteCount) = (files.folder, level, files.byteCount)
        func contender(
            _ name: String, role: TimedRow.Role = .peer, _ line: @escaping (_ output: String) -> String
        ) -> Contender {
            Contender(name: name, role: role, weighsOutput: role != .roofline, byteCount: byteCount) { output in
                try await ChildProcess(shell: "cd '\(folder)' && \(line(output))").run()
            }
        }
        var contenders = [
            Contender(name: "cod, library", role: .ours, weighsOutput: true, byteCount: byteCount) { output in
                try await ChildProcess([CommandLine.arguments[0], "zip-folder", folder, "--into", output, "--level", "\(level)"])
                    .run()
            },
            contender("cp -r", role: .roofline) { "cp -r . '\($0)'" },
        ]
        if await workshop.has("zip") {
            contenders.append(contender("zip -\(level)") { "zip -q -r -\(level) '\($0)/x.zip' ." })
        }
        if await workshop.has("7z") {
            // Its levels are odd numbers; 5 is its usual one.
            let own = level > 1 ? 5 : 1
            contenders.append(contender("7z -tzip -mx=\(own)") { "7z a -tzip -mx=\(own) -bso0 -bsp0 '\($0)/x.zip' ." })
        }
        if await workshop.has("python3") {
            contenders.append(
                contender("Python's zipfile, level \(level)") { "python3 -c '\(Self.python)' \(level) '\($0)/x.zip'" })
        }
        if await workshop.has("pigz") {
            contenders.append(
                contender("tar | pigz -\(level) -p2", role: .other) { "tar cf - . | pigz -\(level) -p2 > '\($0)/x.tgz'" })
        }
        return contenders
    }

    private static let python = """
        import os, sys, zipfile
        z = zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED, compresslevel=int(sys.argv[1]))
        for folder, _, names in os.walk("."):
            for name in names: z.write(os.path.join(folder, name))
        z.close()
        """
}
