import Foundation
import Testing

/// The sanitizer that the tests and `cod` were built with, as `Scripts/sanitize.sh` tells: code cannot ask.
enum Sanitizer {
    static let isOn = ProcessInfo.processInfo.environment["COD_SANITIZER"] != nil

    /// What a sanitizer knows of each byte takes several times the room of the byte.
    static let memoryReason: Comment = "A sanitizer's own memory is counted as the program's."
}
