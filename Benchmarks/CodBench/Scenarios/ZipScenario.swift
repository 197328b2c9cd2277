/// A study's folder into a zip by the library's finisher, beside the programs that a user would zip it with.
struct ZipScenario: Scenario {
    let data: ZippedData
    let level: Int

    var name: String { "zip \(data.name), level \(level)" }

    func contenders(in workshop: Workshop) async throws -> [Contender] {
        // At higher levels the others take minutes for what takes seconds else.
        let files = try workshop.files(data, share: level > 1 ? 4 : 1)
        let (folder, level, byteCount) = (files.folder, level, files.byteCount)
        func contender(_ name: String, isRoofline: Bool = false, _ line: @escaping (_ output: String) -> String) -> Contender {
            Contender(name: name, isRoofline: isRoofline, weighsOutput: !isRoofline, byteCount: byteCount) { output in
                try await ChildProcess(shell: "cd '\(folder)' && \(line(output))").run()
            }
        }
        var contenders = [
            Contender(name: "cod, library", weighsOutput: true, byteCount: byteCount) { output in
                try await ChildProcess([CommandLine.arguments[0], "zip-folder", folder, "--into", output, "--level", "\(level)"])
                    .run()
            },
            contender("cp -r", isRoofline: true) { "cp -r . '\($0)'" },
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
            contenders.append(contender("tar | pigz -\(level) -p2") { "tar cf - . | pigz -\(level) -p2 > '\($0)/x.tgz'" })
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
