public import CodCore
import SystemPackage

extension ZipSink {
    /// Opens the zip of the study before the first byte is asked for: where another process fills it, or it cannot grow, nothing is
    /// fetched.
    @concurrent public func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> SavedSeries {
        let filler = try await filler(of: input.portion.series.study)
        if let failure = filler.zip.limitReached { throw failure }
        return try await filler.run(input, in: context)
    }

    /// Packs an instance as its bytes come, and gives it a place in the zip when all of them are there.
    ///
    /// It takes the place of one of its name. Throws ``CodError/Code/sizeMismatch`` when there are more or fewer bytes than
    /// ``Instance/byteCount``, ``CodError/Code/writeFailed`` when they cannot be written; a full disk reaches the job.
    public func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        try await filler(of: instance.series.study).save(instance, body: &body)
    }

    /// Removes the entries of instances that this run saved.
    public func takeBack(_ instances: [SavedInstance]) async throws {
        guard let study = instances.first?.instance.series.study else { return }
        try await filler(of: study).takeBack(instances)
    }

    private func filler(of study: String) async throws -> ZipFiller {
        if let zip = state.zip(of: study) { return ZipFiller(zip: zip, sink: self) }
        if let problem = UIDText.problem(with: study) {
            throw CodError(
                .invalidIdentifier, "\"\(study)\" cannot be the name of a zip: \(problem).", reach: .study)
        }
        return ZipFiller(zip: try await offTaskThreads { try openZip(of: study) }, sink: self)
    }

    /// The zip in progress of a study, opened when it is not. Blocks on the disk.
    func openZip(of study: String) throws -> StudyZip {
        let names = names(of: study, in: try openedFolder())
        return try state.zip(of: study, isEarly: false) { try open(names) }
    }

    /// The run's folder; opened when nobody has prepared it. Blocks on the disk.
    func openedFolder() throws(CodError) -> OpenFile {
        if let opened = state.folder { return opened }
        let opened = try outputUnusable("make the folder", folder) { () throws(Errno) in
            try OpenFile.makingFolder(at: FilePath(folder))
        }
        state.folder = opened
        return opened
    }
}

/// Saves instances of one study.
struct ZipFiller: Sink {
    let zip: StudyZip
    let sink: ZipSink

    func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
        let name = try ZipEntryName.name(of: instance)
        if instance.byteCount > ZipPress.batchByteCount {
            try await saveLarge(instance, named: name, body: &body)
        } else {
            try await saveWhole(instance, named: name, body: &body)
        }
        return SavedInstance(instance: instance, path: name, root: zip.names.path, checksum: body.checksum)
    }

    func takeBack(_ instances: [SavedInstance]) async throws {
        try await offTaskThreads { try zip.remove(instances.map(\.path)) }
    }

    /// Looks whether the zip is still there; notes which of the instances came out of an archive that was compared as a whole, where nothing of it failed.
    func commit(_ series: SavedSeries) async throws -> SavedSeries {
        try zip.requireThere()
        guard series.failures.isEmpty else { return series }
        let confirmed = series.instances.compactMap { saved in saved.archiveChecksum.map { (name: saved.path, archive: $0) } }
        // What is not noted is fetched again when this run does not come to its end.
        if !confirmed.isEmpty { try await offTaskThreads { try? zip.confirm(confirmed) } }
        return series
    }

    private func saveWhole(_ instance: Instance, named name: String, body: inout InstanceBody) async throws {
        let bytes = try await wholeBody(of: instance, &body)
        let modified = zip.modified
        // Of these very bytes.
        let checksum = body.checksum
        let packed = try sink.room.packing { try $0.pack(bytes, named: name, modified: modified, checksum: checksum) }
        try zip.add(packed.entry, packed: packed.checksum) { (file, record, offset) throws(Errno) in
            try packed.withBytes { (bytes) throws(Errno) in try file.writeAll(record, bytes, at: offset) }
        }
    }

    private func wholeBody(of instance: Instance, _ body: inout InstanceBody) async throws -> ByteChunk {
        // Many come in one chunk, which is taken as it is.
        var bytes: ByteChunk?
        while let chunk = try await body.next() {
            let byteCount = (bytes?.count ?? 0) + chunk.count
            guard byteCount <= instance.byteCount else { throw instance.sizeMismatch(found: "at least \(byteCount)") }
            if chunk.count == instance.byteCount {
                bytes = chunk
            } else {
                bytes = bytes ?? ByteChunk(reserving: Int(instance.byteCount))
                bytes?.append(chunk)
            }
        }
        let whole = bytes ?? ByteChunk([])
        guard whole.count == instance.byteCount else { throw instance.sizeMismatch(found: "\(whole.count)") }
        return whole
    }

    private func saveLarge(_ instance: Instance, named name: String, body: inout InstanceBody) async throws {
        var large = LargeEntry(named: name, byteCount: instance.byteCount, to: zip, room: sink.room) {
            try Spool(beside: zip.names, usesUnnamedFiles: sink.usesUnnamedFiles)
        }
        defer { large.abandon() }
        var byteCount: Int64 = 0
        while let chunk = try await body.next() {
            byteCount += Int64(chunk.count)
            guard byteCount <= instance.byteCount else { throw instance.sizeMismatch(found: "at least \(byteCount)") }
            try await large.add(chunk)
        }
        guard byteCount == instance.byteCount else { throw instance.sizeMismatch(found: "\(byteCount)") }
        let packed = try await large.finish()
        do {
            if let checksum = packed.entry.checksum { try checkAgreement(of: checksum, and: body.checksum) }
        } catch {
            if case .stored(_, let place) = packed { zip.giveBack(place) }
            throw error
        }
        switch packed {
        case .stored(let entry, let place): try zip.add(entry, at: place, packed: entry.checksum ?? CRC32C(0))
        case .spooled(let entry, let spool): try add(entry, from: spool)
        }
    }

    private func add(_ entry: ZipEntry, from spool: Spool) throws {
        try zip.add(entry, packed: spool.checksum) { (file, record, offset) throws(Errno) in
            try file.writeAll(record, at: offset)
            let start = offset + Int64(record.byteCount)
            // A piece at a time, so that nobody who cancels waits for all of it.
            var copied: Int64 = 0
            while copied < entry.packedByteCount {
                if Task.isCancelled { throw .canceled }
                let byteCount = min(entry.packedByteCount - copied, 256 << 20)
                try file.copy(byteCount, from: spool.file, at: copied, to: start + copied)
                copied += byteCount
            }
        }
    }

    /// Throws where the checksum of what was packed is not that of what came.
    private func checkAgreement(of packed: CRC32C, and received: CRC32C?) throws(CodError) {
        guard let received, received != packed else { return }
        throw CodError(
            .checksumMismatch, "What was to be packed has the crc32c \(packed); what was received has \(received).",
            recovery: "Run the same command again; if it happens again, check this machine's memory.", reach: .instance)
    }
}
