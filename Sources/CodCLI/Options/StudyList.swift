import CodCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Lists of studies in files: one identifier a line, `#` starts a comment.
enum StudyList {
    /// The most that is read of one: 64 MiB, about a million identifiers.
    static let maximumByteCount = 64 << 20

    /// Reads a file, or standard input for `-`.
    static func read(_ path: String) throws -> [String] {
        let bytes: ByteChunk
        do {
            bytes = try readWhole(path)
        } catch let error as CodError {
            throw error
        } catch {
            throw CodError(
                .invalidIdentifier, "The list of studies \(path) cannot be read: \(error).", recovery: "Check the path.",
                reach: .job)
        }
        return parse(bytes.withBytes { bytes in bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } })
    }

    /// The identifiers in a text, in order. A byte order mark, as some editors write it, is none of an identifier's, be it the text's or
    /// that of a file that was appended to another.
    static func parse(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let content = line.prefix { $0 != "#" }.drop(while: isBlank)
            let end = content.lastIndex { !isBlank($0) }
            return end.map { String(content[...$0]) }
        }
    }

    private static func isBlank(_ character: Character) -> Bool { character.isWhitespace || character == "\u{FEFF}" }
}
