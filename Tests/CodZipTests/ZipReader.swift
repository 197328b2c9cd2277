import Foundation
import TestSupport
import Testing

/// A program that reads zips, run to its end.
enum ZipReader: String, CaseIterable, CustomTestStringConvertible {
    case unzip, sevenZip, bsdtar, python, java

    var testDescription: String { rawValue }

    private static let pythonText = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1]) as archive:
            broken = archive.testzip()
            if len(sys.argv) > 2: sys.stdout.buffer.write('\\n'.join(archive.namelist()).encode())
            sys.exit(1 if broken else 0)
        """

    /// Java has two readers: by the directory, and from the beginning without it.
    private static let javaText = """
        import java.io.*;
        import java.util.*;
        import java.util.zip.*;

        class ZipReading {
            public static void main(String[] arguments) throws Exception {
                byte[] buffer = new byte[1 << 16];
                List<String> byDirectory = new ArrayList<>(), inOrder = new ArrayList<>();
                PrintStream output = new PrintStream(System.out, true, "UTF-8");
                try (ZipFile zip = new ZipFile(arguments[0])) {
                    for (ZipEntry entry : Collections.list(zip.entries()))
                        try (InputStream input = zip.getInputStream(entry)) {
                            CRC32 sum = new CRC32();
                            long count = 0;
                            for (int n; (n = input.read(buffer)) > 0; count += n) sum.update(buffer, 0, n);
                            if (sum.getValue() != entry.getCrc() || count != entry.getSize())
                                throw new IOException(entry.getName());
                            byDirectory.add(entry.getName() + " " + count);
                            if (arguments.length > 1) output.println(entry.getName());
                        }
                }
                try (ZipInputStream zip = new ZipInputStream(new FileInputStream(arguments[0]))) {
                    for (ZipEntry entry; (entry = zip.getNextEntry()) != null;) {
                        long count = 0;
                        for (int n; (n = zip.read(buffer)) > 0; count += n);
                        inOrder.add(entry.getName() + " " + count);
                    }
                }
                if (!byDirectory.equals(inOrder)) throw new IOException("not the same from the beginning");
            }
        }
        """

    /// What reads all of a zip.
    private func commands(for zip: String, java program: String = "") -> [[String]] {
        switch self {
        case .unzip: [["unzip", "-tqq", zip]]
        case .sevenZip: [["7z", "t", "-bso0", zip]]
        case .bsdtar: [["bsdtar", "-tf", zip], ["bsdtar", "-xOf", zip]]
        case .python: [["python3", "-c", Self.pythonText, zip]]
        case .java: [["jar", "tf", zip], ["java", "-XX:TieredStopAtLevel=1", program, zip]]
        }
    }

    /// Those that are installed here. Python's is among them: the interop suite needs it, too.
    static let installed = allCases.filter(\.isThere)

    /// Whether it is installed here.
    private var isThere: Bool {
        commands(for: "").allSatisfy { (try? Self.run(["sh", "-c", "command -v \($0[0])"]))?.status == 0 }
    }

    /// Reads all of a zip; answers its exit code and what it said.
    func test(_ zip: String) throws -> (status: Int32, text: String) {
        var text = ""
        let folder = try TemporaryFolder()
        for command in commands(for: zip, java: try javaProgram(in: folder)) {
            let result = try Self.run(command)
            text += result.text
            if result.status != 0 { return (result.status, text) }
        }
        return (0, text)
    }

    /// The names in a zip, as it shows them.
    func names(in zip: String) throws -> [String] {
        let folder = try TemporaryFolder()
        let program = try javaProgram(in: folder)
        let command =
            switch self {
            case .unzip: ["unzip", "-Z1", zip]
            case .sevenZip: ["7z", "l", "-ba", "-sccUTF-8", zip]
            case .bsdtar: ["bsdtar", "-tf", zip]
            case .python: ["python3", "-c", Self.pythonText, zip, "names"]
            case .java: ["java", "-XX:TieredStopAtLevel=1", program, zip, "names"]
            }
        let lines = try Self.run(command, isOutputWanted: true).text.split(separator: "\n").map(String.init)
        // Behind columns of date, attributes and sizes.
        return self == .sevenZip ? lines.map { String($0.dropFirst(53)) } : lines
    }

    private func javaProgram(in folder: TemporaryFolder) throws -> String {
        if self == .java { try folder.put(Self.javaText, at: "ZipReading.java") }
        return folder["ZipReading.java"]
    }

    /// Runs a program; what it says of errors is answered as a text, or all of its output instead. Cut off after a while.
    static func run(_ command: [String], isOutputWanted: Bool = false) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        #if os(macOS)
            process.arguments = ["LC_ALL=en_US.UTF-8"] + command
        #else
            process.arguments = ["LC_ALL=C.UTF-8"] + command
        #endif
        let pipe = Pipe()
        process.standardOutput = isOutputWanted ? pipe : FileHandle.nullDevice
        process.standardError = isOutputWanted ? FileHandle.nullDevice : pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data.prefix(isOutputWanted ? 10 << 20 : 10_000), as: UTF8.self))
    }
}
