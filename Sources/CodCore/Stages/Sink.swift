/// Saves instances: the end of a pipeline's stream.
///
/// A sink must write one method, ``save(_:body:)``. Walking the stream, draining what is left of an instance that failed,
/// deciding what an error costs, and counting are done here, once.
public protocol Sink: Stage where Input == InstanceStream, Output == SavedSeries {
    /// Called once a run, before anything else: throws when the output cannot be written. Default: nothing.
    func prepare(for plan: RetrievalPlan) async throws

    /// What it holds already of a series' wanted instances; these are not fetched. Called after `prepare` in a run, one series after
    /// the other: the time to look closely. Called also without `prepare`, to tell how much there is to do: then it must be quick and
    /// change nothing. Default: nothing is held.
    func inventory(of series: SeriesPlan) async throws -> [SavedInstance]

    /// Called once a run, when it is known what is missing and before anything is fetched: throws when files of these sizes cannot be
    /// saved, for want of room say. Sizes that nobody knows are left out. Called also without `prepare`, to tell whether a run would
    /// begin, and must change nothing. Default: there is room.
    func requireRoom(for byteCounts: [Int64]) async throws

    /// Whether an earlier run saved all that a series' archive holds beside what the metadata lists, and all of it is still there. Asked
    /// where the series is wanted whole and instances are held; if not, the whole archive is fetched. Where there seems to be no room
    /// for others in the archive (``SeriesPlan/mayHoldUnlisted``) the answer is true unless one is known that is gone or damaged.
    /// Default: true.
    func holdsUnlisted(of series: SeriesPlan) async throws -> Bool

    /// Saves one instance: reads `body` to its `nil`, and publishes only after that.
    ///
    /// An error loses this instance; what is left of its bytes is passed over. One that reaches ``CodError/Reach/job`` stops
    /// the job. Calls for different portions run at the same time.
    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance

    /// Takes back instances that ``save(_:body:)`` published and that have no checksum of their own: the bytes of their archive as a
    /// whole were not what the store lists, or it holds the instance twice, with other bytes. Called before ``commit(_:)``, which is
    /// not told of them. Default: nothing; then they stay until they are saved again.
    func takeBack(_ instances: [SavedInstance]) async throws

    /// Called after the last instance of a portion, also when the portion broke off: the place to make durable and to
    /// record what was saved. Default: unchanged.
    func commit(_ series: SavedSeries) async throws -> SavedSeries

    /// Called when all series of a study have ended. Default: unchanged.
    func finish(_ study: SavedStudy) async throws -> SavedStudy

    /// Called once at the end of every run, also of one that failed or was cancelled. Default: nothing.
    func close() async throws
}

extension Sink {
    /// Needs no preparation.
    public func prepare(for plan: RetrievalPlan) async throws {}
    /// Holds nothing: all is fetched in each run.
    public func inventory(of series: SeriesPlan) async throws -> [SavedInstance] { [] }
    /// Has room.
    public func requireRoom(for byteCounts: [Int64]) async throws {}
    /// Takes it that all of it is there.
    public func holdsUnlisted(of series: SeriesPlan) async throws -> Bool { true }
    /// Takes nothing back.
    public func takeBack(_ instances: [SavedInstance]) async throws {}
    /// Leaves what was saved as it is.
    public func commit(_ series: SavedSeries) async throws -> SavedSeries { series }
    /// Leaves the study as it is.
    public func finish(_ study: SavedStudy) async throws -> SavedStudy { study }
    /// Has nothing to let go.
    public func close() async throws {}

    /// Saves each instance of the stream, and commits the portion. What fails of it is in the answer, also what broke the stream
    /// off; thrown is only what ``commit(_:)`` throws.
    @concurrent public func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> SavedSeries {
        let portion = input.portion
        var cursor = input.makeAsyncIterator()
        var result = SavedSeries(id: portion.series)
        // Until the archive's last byte has come an instance without a checksum of its own may have to be taken back.
        let isInDoubt = context.verifiesArchives && portion.checksumInDoubt != nil
        var isConfirmed = isInDoubt
        do {
            while let event = try await cursor.next() {
                switch event {
                case .begin(let instance):
                    let saved = try await saveOrSkip(instance, from: &cursor)
                    switch saved {
                    case .success(let saved):
                        result.instances.append(saved)
                        if !isInDoubt || saved.isVerified { context.meter.saved(saved) }
                    case .failure(let error):
                        result.failures.append(error.located(in: portion.series, instance: instance.uid))
                    }
                case .failed(let error):
                    result.failures.append(error.located(in: portion.series))
                    if error.code == .duplicateEntry { await takeBack(from: &result) { $0.instance.uid == error.instance } }
                case .bytes, .end: break
                }
            }
        } catch {
            // The stream broke off, or nothing more can be saved: what is saved so far stays, and is committed.
            let failure = CodError.endingPortion(error, in: portion.series)
            result.failures.append(failure)
            isConfirmed = false
            if failure.isOfDamagedArchive { await takeBack(from: &result) { _ in true } }
        }
        if isInDoubt {
            // What is not listed is looked for by who says that all of the archive is there.
            let archive = isConfirmed && portion.keepsUnlisted ? portion.archive.checksum : nil
            for position in result.instances.indices {
                result.instances[position].archiveChecksum = archive
                if !result.instances[position].isVerified { context.meter.saved(result.instances[position]) }
            }
        }
        return try await commit(result)
    }

    /// Takes back those that are not verified, as far as they are meant.
    private func takeBack(from result: inout SavedSeries, where isMeant: (SavedInstance) -> Bool) async {
        let doubtful = result.instances.filter { !$0.isVerified && isMeant($0) }
        result.instances.removeAll { !$0.isVerified && isMeant($0) }
        if doubtful.isEmpty { return }
        do {
            try await takeBack(doubtful)
        } catch {
            result.failures.append(.endingPortion(error, in: result.id))
        }
    }

    /// Saves an instance, and passes over what is left of it when that fails. A failure is one of this instance alone; what is
    /// thrown ends the portion.
    private func saveOrSkip(
        _ instance: Instance, from cursor: inout InstanceStream.AsyncIterator
    ) async throws -> Result<SavedInstance, CodError> {
        let iterator = cursor
        var body = InstanceBody {
            var iterator = iterator
            return try await iterator.next()
        }
        do {
            var saved = try await save(instance, body: &body)
            while try await body.next() != nil { continue }
            saved.checksum = saved.checksum ?? body.checksum
            return .success(saved)
        } catch {
            let failure = CodError.wrapping(error, in: "\(Self.self)")
            if failure.reach == .job { throw failure }
            // Where draining works, only this instance is lost. Where it throws, the stream itself is broken.
            while !body.isAtEnd {
                do {
                    _ = try await body.next()
                } catch {
                    if !body.isAtEnd { throw error }
                }
            }
            return .failure(failure)
        }
    }
}

extension CodError {
    /// The error that a portion ended with: it takes the rest of the series with it, unless it reaches further.
    package static func endingPortion(_ error: any Error, in series: SeriesID) -> CodError {
        let failure = CodError.wrapping(error, in: "A stage").located(in: series)
        return failure.reaching(max(failure.reach, .series))
    }
}
