/// Works on a study when all its series have ended: below a sink, and below other finishers.
///
/// `run` gets every instance of the study that was asked for and is saved, those of earlier runs included, and the failures;
/// ``SavedStudy/isComplete`` tells whether anything is missing. What it makes it adds to ``SavedStudy/artifacts``.
public protocol Finisher: Stage where Input == SavedStudy, Output == SavedStudy {
    /// Called once a run, after the sink's ``Sink/prepare(for:)`` and before anything is fetched: throws when what it makes cannot be
    /// written; then the run does not begin. Default: nothing.
    func prepare(for plan: RetrievalPlan) async throws

    /// Called once a run, when it is known what is missing and before anything is fetched: throws when its work on these studies cannot
    /// be done, for want of room say. Called also without `prepare`, to tell whether a run would begin, and must change nothing.
    /// Default: it can.
    func requireRoom(for studies: [ExpectedStudy]) async throws
}

extension Finisher {
    /// Needs no preparation.
    public func prepare(for plan: RetrievalPlan) async throws {}
    /// Has room.
    public func requireRoom(for studies: [ExpectedStudy]) async throws {}
}
