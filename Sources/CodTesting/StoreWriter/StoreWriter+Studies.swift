extension SyntheticStudy {
    /// Writes the study into a store and answers what was written.
    ///
    /// A study that is there already is written anew. `progress` is told of each instance after it was written.
    ///
    /// - Throws: `writeFailed` when the folder cannot be written; `CancellationError` when the task is cancelled. What was
    ///   written of a series that is not complete is left in files named `….partial`.
    @discardableResult
    public func write(
        to store: StoreWriter, defects: SeriesDefects = .none, progress: ((WrittenInstance) -> Void)? = nil
    ) throws -> WrittenStore {
        try store.write([self], defects: defects, progress: progress)
    }
}

extension StoreWriter {
    /// Writes studies and answers what was written; like ``SyntheticStudy/write(to:defects:progress:)``.
    @discardableResult
    public func write(
        _ studies: [SyntheticStudy], defects: SeriesDefects = .none, progress: ((WrittenInstance) -> Void)? = nil
    ) throws -> WrittenStore {
        var written = WrittenStore(writer: self, studies: [])
        for study in studies {
            let series = try study.series.map { try write($0, defects: defects, progress: progress) }
            written.studies.append(WrittenStudy(uid: identifier(study.uid), originalUID: study.uid, series: series))
        }
        return written
    }

    /// Writes a series, or the instances of a range of it, and answers what this call wrote.
    ///
    /// With `appending`, a series that is there grows: its tar by entries, its metadata by records.
    @discardableResult
    public func write(
        _ series: SyntheticSeries, instances range: Range<Int>? = nil, appending: Bool = false, defects: SeriesDefects = .none,
        progress: ((WrittenInstance) -> Void)? = nil
    ) throws -> WrittenSeries {
        let identity = SeriesIdentity(
            study: series.source.study.uid, series: series.uid, modality: series.modality, description: series.description)
        let range = (range ?? 0..<series.instanceCount).clamped(to: 0..<series.instanceCount)
        let instances = range.lazy.map { ArchivedInstance(SyntheticInstance(series: series, index: $0)) }
        return try write(identity, instances, appending: appending, defects: defects, progress: progress)
    }

    /// Writes a series of instances with given bytes, DICOM or not, and answers what was written.
    ///
    /// The sequence is read once, one instance at a time. Study and series must be identifiers (``UIDText``); instances'
    /// UIDs are taken as they are, and their records have no more attributes than the given ones.
    @discardableResult
    public func writeSeries(
        study: String, series: String, modality: String = "OT", description: String = "",
        instances: some Sequence<(uid: String, bytes: [UInt8])>, appending: Bool = false, defects: SeriesDefects = .none
    ) throws -> WrittenSeries {
        let identity = SeriesIdentity(study: study, series: series, modality: modality, description: description)
        let archived = instances.lazy.map { ArchivedInstance(uid: $0.uid, bytes: $0.bytes, in: identity) }
        return try write(identity, archived, appending: appending, defects: defects, progress: nil)
    }

    private func write(
        _ identity: SeriesIdentity, _ instances: some Sequence<ArchivedInstance>, appending: Bool, defects: SeriesDefects,
        progress: ((WrittenInstance) -> Void)?
    ) throws -> WrittenSeries {
        var writer = try SeriesWriter(self, identity, appending: appending, defects: defects)
        for instance in instances {
            try Task.checkCancellation()
            let written = try writer.add(instance)
            progress?(written)
        }
        let written = try writer.finish()
        if defects.hasLock { try writeLock(study: identity.study, series: identity.series) }
        if defects.hasErrorLog { try writeErrorLog(study: identity.study, series: identity.series) }
        return written
    }
}
