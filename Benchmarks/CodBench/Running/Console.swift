import CodCore
import SystemPackage

/// Standard output for figures, standard error for all else; each line is written at once, to a pipe too.
enum Console {
    static func result(_ text: String) {
        _ = try? FileDescriptor.standardOutput.writeAll("\(text)\n".utf8)
    }

    static func say(_ line: String) {
        _ = try? FileDescriptor.standardError.writeAll("CodBench: \(line)\n".utf8)
    }
}
