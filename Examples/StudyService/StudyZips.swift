import CodCore

/// Zips of studies, made when somebody asks: each once, however many ask at the same time, and only so many at a time.
///
/// Every request has the source asked what it holds now; a zip that still fits is not fetched again. Who stops waiting leaves; when nobody waits
/// any more the retrieval is cancelled.
actor StudyZips {
    /// What happens, for a log.
    enum Occurrence: Sendable, Equatable {
        case began(study: String)
        case joined(study: String, waiterCount: Int)
        case left(study: String, waiterCount: Int)
        case failed(study: String, message: String)
        case cancelled(study: String)
        case ended(study: String)
        case evicted(count: Int)
    }

    /// How much there may be at a time.
    struct Limits: Sendable {
        /// How many studies are retrieved at a time.
        var retrievalCount = 4
        /// How many studies are looked up at a time.
        var inquiryCount = 16
        /// How many bytes all zips together have, those included that are being made.
        var cacheByteCount: Int64 = 20_000_000_000
    }

    private typealias Waiter = CheckedContinuation<OpenZip, any Error>

    private struct Retrieval {
        let task: Task<Void, Never>
        var waiters: [Int: Waiter] = [:]
        /// Nobody waits for it any more: it was cancelled and is about to end.
        var isAbandoned = false
    }

    private let retriever: StudyRetriever
    private let cache: ZipCache
    private let limits: Limits
    private let report: @Sendable (Occurrence) -> Void
    private var ledger: CacheLedger
    private var retrievals: [String: Retrieval] = [:]
    private var waiterCount = 0
    private var inquiryCount = 0

    /// Opens the folder, with what earlier services left in it. Blocks on the disk.
    init(
        _ retriever: StudyRetriever, in folder: String, limits: Limits = Limits(),
        report: @escaping @Sendable (Occurrence) -> Void = { _ in }
    ) throws {
        self.retriever = retriever
        self.limits = limits
        self.report = report
        let cache = ZipCache(folder: folder)
        var ledger = CacheLedger(limit: limits.cacheByteCount)
        for zip in try cache.open() { cache.empty(cache.discard(ledger.keep(zip.byteCount, for: zip.key))) }
        (self.cache, self.ledger) = (cache, ledger)
    }

    /// The zip of a study; made, if need be. The identifier must have been checked.
    func zip(of study: String) async throws -> OpenZip {
        if retrievals[study]?.isAbandoned == true {
            throw ServiceProblem.busy("The study's last retrieval was given up and is being cleared away.", retryAfter: 1)
        }
        if retrievals[study] == nil {
            guard retrievals.count < limits.retrievalCount else {
                throw ServiceProblem.busy("\(retrievals.count) studies are being retrieved.", retryAfter: 10)
            }
            retrievals[study] = Retrieval(task: Task { await retrieve(study) })
            report(.began(study: study))
        }
        waiterCount += 1
        let waiter = waiterCount
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                retrievals[study]?.waiters[waiter] = continuation
                report(.joined(study: study, waiterCount: retrievals[study]?.waiters.count ?? 0))
            }
        } onCancel: {
            // It runs after this call has come to wait, because that happens without a break.
            Task { await self.leave(study, waiter) }
        }
    }

    /// A row for every series of a study, with what of it lies here. The identifier must have been checked.
    func describe(_ study: String) async throws -> StudyStats {
        guard inquiryCount < limits.inquiryCount else {
            throw ServiceProblem.busy("\(inquiryCount) studies are being looked up.", retryAfter: 2)
        }
        inquiryCount += 1
        defer { inquiryCount -= 1 }
        let plan = try await retriever.plan(study)
        let stats = try await retriever.stats(of: plan, into: cache.folder(of: ZipCache.key(of: study)))
        guard let row = stats.studies.first else { throw CodError(.studyNotFound, "There is no study \(study).", reach: .study) }
        return row
    }

    private func leave(_ study: String, _ waiter: Int) {
        guard let continuation = retrievals[study]?.waiters.removeValue(forKey: waiter) else { return }
        let count = retrievals[study]?.waiters.count ?? 0
        if count == 0 {
            retrievals[study]?.isAbandoned = true
            retrievals[study]?.task.cancel()
        }
        report(.left(study: study, waiterCount: count))
        continuation.resume(throwing: CancellationError())
    }

    /// Retrieves a study, and tells all that wait for it.
    private func retrieve(_ study: String) async {
        let result: Result<OpenZip, any Error>
        do {
            let plan = try await retriever.plan(study)
            result = .success(try await made(plan, ZipCache.key(of: study)))
        } catch {
            let isCancelled = CodError.wrapping(error, in: "The retrieval").isCancellation
            report(isCancelled ? .cancelled(study: study) : .failed(study: study, message: "\(error)"))
            result = .failure(error)
        }
        let waiters = retrievals.removeValue(forKey: study)?.waiters ?? [:]
        report(.ended(study: study))
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    private func made(_ plan: RetrievalPlan, _ key: String) async throws -> OpenZip {
        let folder = cache.folder(of: key)
        // A zip that is there and right needs no room. A new one takes no more than the archives that it is made of.
        let isThere = try await retriever.stats(of: plan, into: folder).transferSizeBytes == 0
        let byteCount = isThere ? 0 : plan.series.reduce(Int64(0)) { $0 &+ max($1.archive?.byteCount ?? 0, 0) }
        try await makeRoom(byteCount, key)
        do {
            let path = try await retriever.zip(plan, into: folder)
            let zip = try await offTaskThreads { try OpenZip(at: path) }
            await empty(cache.discard(ledger.keep(zip.byteCount, for: key)))
            return zip
        } catch {
            // What it left half done goes: the disk is for zips.
            ledger.drop(key)
            await empty(cache.discard([key]))
            throw error
        }
    }

    private func makeRoom(_ byteCount: Int64, _ key: String) async throws {
        do {
            let evicted = try ledger.reserve(byteCount, for: key)
            if !evicted.isEmpty { report(.evicted(count: evicted.count)) }
            await empty(cache.discard(evicted))
        } catch .tooLarge {
            throw ServiceProblem.tooLarge(byteCount, limit: ledger.limit)
        } catch .occupied {
            throw ServiceProblem.busy("The cache is full of studies that are being retrieved.", retryAfter: 30)
        }
    }

    private func empty(_ places: [String]) async {
        if places.isEmpty { return }
        // Also when the retrieval was cancelled: what is discarded is not counted any more.
        await Task { [cache] in try? await offTaskThreads { cache.empty(places) } }.value
    }
}
