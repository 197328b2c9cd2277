internal import CodCore
internal import SystemPackage

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The folder that this user's downloads go to.
public enum DownloadFolder {
    /// Its path: what `XDG_DOWNLOAD_DIR` in `user-dirs.dirs` says (in `$XDG_CONFIG_HOME`, else `~/.config`), else `~/Downloads`, whether or
    /// not that is there; without a home the current folder.
    public static func path() -> String { path(environment: ProcessInfo.processInfo.environment) }

    static func path(environment: [String: String]) -> String {
        guard let home = environment["HOME"], home.hasPrefix("/") else { return "." }
        var settings = environment["XDG_CONFIG_HOME"] ?? ""
        if !settings.hasPrefix("/") { settings = "\(home)/.config" }
        return named(in: text(at: "\(settings)/user-dirs.dirs"), home: home) ?? "\(home)/Downloads"
    }

    /// What the last line about downloads says: a path that begins with `$HOME/` or `/`, in quotation marks, in the manner of a shell.
    static func named(in settings: String, home: String) -> String? {
        var path: String?
        for line in settings.split(whereSeparator: \.isNewline) {
            let assignment = line.drop { $0 == " " || $0 == "\t" }
            guard assignment.hasPrefix("XDG_DOWNLOAD_DIR=") else { continue }
            var value = assignment.dropFirst("XDG_DOWNLOAD_DIR=".count)
            while value.last == " " || value.last == "\t" { value.removeLast() }
            guard value.count > 2, value.first == "\"", value.last == "\"" else { continue }
            value = value.dropFirst().dropLast()
            let isBelowHome = value == "$HOME" || value.hasPrefix("$HOME/")
            guard isBelowHome || value.hasPrefix("/") else { continue }
            if isBelowHome { value = value.dropFirst("$HOME".count) }
            path = (isBelowHome ? home : "") + unescaped(value)
        }
        return path
    }

    private static func unescaped(_ text: Substring) -> String {
        var (result, isEscaped) = ("", false)
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }

    /// The beginning of a file, 64 KiB at most; empty when it cannot be read.
    private static func text(at path: String) -> String {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return "" }
        defer { try? file.close() }
        let bytes = try? file.readChunk(at: 0, byteCount: 64 << 10)
        return bytes?.withBytes { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } } ?? ""
    }
}
