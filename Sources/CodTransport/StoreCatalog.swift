import CodCore
import Logging

/// Plans requests over any store: lists studies, puts their objects together by series, reads each series' metadata.
///
/// The plan's order is the listing's, however the answers come in. What is broken in one series or study fails that alone; what may
/// be a writer's work in progress is looked at twice.
struct StoreCatalog<Store: ObjectStore>: Catalog {
    let store: Store
    let context: StageContext
    /// How many studies are listed, and how many metadata.json are read, at a time.
    let concurrentRequestCount: Int

    init(store: Store, context: StageContext = StageContext(), concurrentRequestCount: Int = 8) {
        self.store = store
        self.context = context
        self.concurrentRequestCount = concurrentRequestCount
    }

    @concurrent func plan(_ request: RetrievalRequest) async throws -> RetrievalPlan {
        try request.checkIdentifiers()
        let selection = request.selection
        let studies = request.studies.isEmpty ? try await store.studies() : request.studies
        let listings = try await studies.mapConcurrently(limit: concurrentRequestCount) { try await listing(of: $0) }

        // All studies' series in one row, so that many small studies keep as many requests going as one large one.
        let wanted = listings.enumerated().flatMap { position, listing in
            listing.series.filter { selection.admits(series: $0.uid) }.map { (position, $0) }
        }
        var planned = try await wanted.mapConcurrently(limit: concurrentRequestCount) { position, objects in
            (position, try await findings(on: objects, inStudy: listings[position].uid, selection, request.layout))
        }
        try await lookAgain(at: &planned, selection, request.layout)
        var plan = RetrievalPlan(
            studies: listings.map { StudyPlan(uid: $0.uid, series: [], failure: $0.failure) }, catalog: self,
            selection: selection, layout: request.layout)
        let byStudy = Dictionary(grouping: planned.lazy.filter { $0.1.plan != nil }, by: \.0)
        for (position, series) in byStudy { plan.studies[position].series = series.compactMap(\.1.plan) }
        let missing = MissingNames(
            selection: selection, series: listings.lazy.flatMap { $0.series.map(\.uid) },
            instances: planned.lazy.flatMap { $0.1.foundInstances })
        missing.add(to: &plan, store: store.displayName)
        if request.layout != nil { plan.tellPathsApart() }
        let tally = planned.compactMap(\.1.tally).reduce(into: SelectionTally()) { $0.add($1) }
        if let sentence = tally.sentence(of: selection) { context.notice(sentence) }
        return plan
    }

    func listing(of study: String) async throws -> StudyListing {
        if let problem = UIDText.problem(with: study) {
            let error = CodError.invalidIdentifier(study, of: "a study", problem: problem, reach: .study)
            return StudyListing(uid: UIDText.placeholder(for: study), failure: error)
        }
        do {
            let series = SeriesObjects.grouping(try await store.objects(ofStudy: study), ofStudy: study)
            return StudyListing(
                uid: study, series: series, failure: series.isEmpty ? .studyNotFound(study, in: store.displayName) : nil)
        } catch {
            var error = try CodError.contained(error, reaching: .study)
            error.study = error.study ?? study
            return StudyListing(uid: study, failure: error)
        }
    }

    func findings(
        on objects: SeriesObjects, inStudy study: String, _ selection: Selection, _ layout: FileLayout? = nil
    ) async throws -> SeriesFindings {
        let id = SeriesID(study: study, series: objects.uid)
        if let problem = UIDText.problem(with: objects.uid) {
            let id = SeriesID(study: study, series: UIDText.placeholder(for: objects.uid))
            let error = CodError.invalidIdentifier(objects.uid, of: "a series", problem: problem, reach: .series)
            return SeriesFindings(plan: SeriesPlan(id: id, state: .failed(error.located(in: id))))
        }
        let archive = objects.archive.map {
            Archive(
                series: id, url: store.url(of: $0.name), objectName: $0.name, byteCount: $0.byteCount,
                generation: $0.generation, checksum: $0.checksum)
        }
        if selection.skipsLocked, !objects.notices.isEmpty {
            return try await findings(onSkipped: objects, id, archive, selection)
        }
        do {
            let paths = layout.map { SeriesPaths(layout: $0, series: id) }
            let metadata = try await metadata(of: objects, selection, paths)
            if let metadata, selection.asksForAttributes, metadata.withoutAttributesCount > 0 {
                context.notice(
                    "\(metadata.withoutAttributesCount) of \(metadata.instances.count) instances of the series \(id) have no attributes "
                        + "in its metadata; no condition holds for them but exclusions.")
            }
            if let metadata, metadata.modality == nil, !metadata.instances.isEmpty, !selection.modalities.isEmpty {
                context.notice("The series \(id) is left out: its metadata does not say its modality.")
            }
            return SeriesFindings(id: id, archive: archive, metadata: metadata, notices: objects.notices, selection)
        } catch {
            let error = try CodError.contained(error, reaching: .series).located(in: id)
            return SeriesFindings(plan: SeriesPlan(id: id, state: .failed(error), notices: objects.notices))
        }
    }

    /// A series that is left out as locked is not planned. Where instances, modalities or attributes are asked for, its metadata says
    /// whether it would be one of them: what it holds is not missing.
    private func findings(
        onSkipped objects: SeriesObjects, _ id: SeriesID, _ archive: Archive?, _ selection: Selection
    ) async throws -> SeriesFindings {
        var findings = SeriesFindings(plan: nil)
        if selection.namesContent {
            do {
                findings = SeriesFindings(
                    id: id, archive: archive, metadata: try await metadata(of: objects, selection), notices: objects.notices,
                    selection)
                if findings.plan == nil { return findings }
            } catch {
                _ = try CodError.contained(error, reaching: .series)
            }
        }
        let notice = objects.notices.contains(.locked) ? SeriesPlan.Notice.locked : .hasErrorLog
        context.notice(notice.sentenceOfSkipping(id))
        return SeriesFindings(plan: nil, foundInstances: findings.foundInstances)
    }

    private func metadata(
        of objects: SeriesObjects, _ selection: Selection, _ paths: SeriesPaths? = nil
    ) async throws -> SeriesMetadata? {
        guard let object = objects.metadata else { return nil }
        do {
            return try await metadata(in: object, selection, paths)
        } catch let error as CodError where error.isWorthReadingAgain {
            context.logger.info("Reading \(store.url(of: object.name)) once more, after: \(error)")
            return try await metadata(in: object, selection, paths)
        }
    }

    private func metadata(
        in object: StoredObject, _ selection: Selection, _ paths: SeriesPaths?
    ) async throws -> SeriesMetadata {
        var reader = SeriesMetadataReader(selection: selection, paths: paths)
        let stream = try await store.read(object, in: context)
        do {
            for try await chunk in stream { try reader.push(chunk) }
            return try reader.finish()
        } catch var error as CodError {
            error.message = await store.concealing(error.message)
            throw error
        }
    }
}

extension CodError {
    /// Whether a metadata.json that ended with it may be whole the next time: bytes may have gone wrong on the way, unseen.
    fileprivate var isWorthReadingAgain: Bool {
        [.damagedMetadata, .invalidIdentifier, .checksumMismatch, .truncated, .protocolViolation].contains(code)
    }
}

extension RetrievalRequest {
    /// Throws for the first name in it that cannot be an identifier.
    fileprivate func checkIdentifiers() throws(CodError) {
        let names: [(String, [String])] = [
            ("a study", studies), ("a series", selection.series.sorted()), ("an instance", selection.instances.sorted()),
        ]
        for (what, uids) in names {
            for uid in uids {
                guard let problem = UIDText.problem(with: uid) else { continue }
                throw .invalidIdentifier(uid, of: what, problem: problem, reach: .job)
            }
        }
    }
}
