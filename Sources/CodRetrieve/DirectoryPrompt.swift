internal import CCodSystem
internal import CodCore
internal import SystemPackage

/// Asks for a folder.
public enum DirectoryPrompt {
    /// Whether there is somebody to ask: a terminal to read from, and one to write to.
    package static var isPossible: Bool { cod_is_terminal(0) != 0 && cod_is_terminal(2) != 0 }

    /// Asks on the terminal; an empty answer is the current folder. Throws where there is no terminal to ask on.
    public static func onTerminal() throws -> String {
        guard isPossible else {
            throw CodError(
                .outputUnusable, "There is no terminal to ask for a folder on.", recovery: "Call initDirectory with a path.",
                reach: .job)
        }
        try FileDescriptor.standardError.writeAll("Folder to save to [.]: ".utf8)
        let answer = (readLine() ?? "").drop(while: \.isWhitespace)
        guard let last = answer.lastIndex(where: { !$0.isWhitespace }) else { return "." }
        return String(answer[...last])
    }
}
