internal import CodCore

/// What is wrong with a piece of a tar, as a sentence; where it lies is for the decoder to add.
struct TarProblem: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }

    /// The error for the user. `offset` counts from the first byte that was pushed.
    func error(at offset: Int64) -> CodError {
        CodError(
            .damagedArchive, sentence,
            recovery: "Run the same command again. If it stays so, the archive in the store is damaged: tell who runs the store.",
            reach: .series, byteOffset: offset)
    }
}
