/// Which studies are wanted, and what of them.
public struct RetrievalRequest: Sendable {
    /// The studies' identifiers, each once, in the order given. Empty: every study of the source.
    public let studies: [String]
    /// What of each study.
    public let selection: Selection

    /// Where instances are to be saved; `nil`: as every sink has it.
    public let layout: FileLayout?

    /// Makes a request. An identifier that is given twice counts once.
    public init(studies: [String], selection: Selection = .everything, layout: FileLayout? = nil) {
        var seen = Set<String>()
        self.studies = studies.filter { seen.insert($0).inserted }
        self.selection = selection
        self.layout = layout
    }
}
