import SystemPackage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Lines on a terminal that take the place of those before them; elsewhere the first of them, now and then.
actor TerminalView {
    private let file: FileDescriptor
    private let redraws: Bool
    private var lineCount = 0
    private var callCount = 0

    /// Draws to standard error, in place when that is a terminal.
    init() {
        self.init(to: .standardError, redraws: isatty(FileDescriptor.standardError.rawValue) == 1)
    }

    init(to file: FileDescriptor, redraws: Bool) {
        self.file = file
        self.redraws = redraws
    }

    /// Shows lines; `isLast`: no more follow.
    func show(_ lines: [String], isLast: Bool) {
        callCount += 1
        if redraws {
            // Up to the first line of those before, and away with all below.
            let back = lineCount > 0 ? "\u{1B}[\(lineCount)A\r\u{1B}[J" : ""
            write(back + lines.map { "\($0)\n" }.joined())
            lineCount = lines.count
        } else if isLast || callCount % 25 == 1 {
            write("\(lines.first ?? "")\n")
        }
    }

    private func write(_ text: String) {
        // There is nobody to tell when even this cannot be written.
        _ = try? file.writeAll(text.utf8)
    }
}
