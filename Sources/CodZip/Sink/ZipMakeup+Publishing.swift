import CodCore
import SystemPackage

extension ZipMakeup {
    /// What it is made with.
    struct Workshop {
        let names: StudyZip.Names
        let progress: StudyZip
        let finished: FinishedZip?
        let options: ZipOptions
        let isDurable: Bool
        let usesUnnamedFiles: Bool

        var modified: ZipTime { options.timestamp ?? progress.modified }
    }

    /// Makes the zip and gives it its name. Blocks on the disk. Throws a ``CodError``; the zip in progress stays then.
    func publish(by way: Way, with report: IncompleteReport?, in workshop: Workshop) throws {
        switch way {
        case .keep: break
        case .complete:
            let zip = workshop.progress.ending()
            try workshop.writing { try complete(zip, with: report, in: workshop) }
        case .copy:
            let zip = try workshop.writing {
                try ZipFile(
                    named: workshop.names.name, in: workshop.names.folder, at: workshop.names.path,
                    usesUnnamedFiles: workshop.usesUnnamedFiles)
            }
            do {
                try workshop.writing { try copy(to: zip, with: report, in: workshop) }
            } catch {
                zip.discard()
                throw error
            }
        }
        if way == .keep || way == .copy { workshop.progress.discard() } else { workshop.progress.discardJournal() }
    }

    private func complete(_ zip: ZipFile, with report: IncompleteReport?, in workshop: Workshop) throws {
        // Nothing in a gap is to look like an entry.
        for gap in gaps {
            try zip.write([UInt8](repeating: 0, count: Int(min(gap.upperBound - gap.lowerBound, 30))), at: gap.lowerBound)
        }
        let own = parts.prefix { $0.origin == .progress }.map(\.place)
        var layout = ZipLayout(own, byteCount: own.last?.endOffset ?? 0)
        for part in parts[own.count...] { try workshop.add(part, to: &layout, of: zip) }
        if let report { try workshop.add(report, to: &layout, of: zip) }
        try zip.publish(layout, isDurable: workshop.isDurable)
    }

    private func copy(to zip: ZipFile, with report: IncompleteReport?, in workshop: Workshop) throws {
        var layout = ZipLayout()
        for part in parts { try workshop.add(part, to: &layout, of: zip) }
        if let report { try workshop.add(report, to: &layout, of: zip) }
        try zip.publish(layout, isDurable: workshop.isDurable)
    }
}

extension ZipMakeup.Workshop {
    fileprivate func add(_ part: ZipMakeup.Part, to layout: inout ZipLayout, of zip: ZipFile) throws {
        try BlockingCancellation.check()
        var entry = part.place.entry
        entry.modified = modified
        let place = layout.add(entry)
        try zip.write(ZipRecord.local(entry), at: place.offset)
        switch part.origin {
        case .progress:
            try progress.copy(entry.packedByteCount, at: part.place.dataOffset, to: zip, at: place.dataOffset)
        case .finished: try finished?.copy(part.place, to: zip, at: place.dataOffset)
        }
    }

    fileprivate func add(_ report: IncompleteReport, to layout: inout ZipLayout, of zip: ZipFile) throws {
        let bytes = ByteChunk(report.text.utf8)
        var packer = EntryPacker(options)
        var packed = try packer.pack(bytes, named: IncompleteReport.entryName, modified: modified)
        var checksum = RunningCRC32C()
        checksum.update(bytes)
        packed.entry.checksum = checksum.checksum
        let place = layout.add(packed.entry)
        try zip.write(ZipRecord.local(place.entry), at: place.offset)
        var offset = place.dataOffset
        for piece in packed.pieces {
            try piece.withBytes { bytes throws in try zip.write(bytes, at: offset) }
            offset += Int64(piece.count)
        }
    }

    /// Says of a failed call which zip it was.
    fileprivate func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let errno as Errno {
            let failure = CodError.file("write", names.path, errno)
            throw failure.reaching(max(failure.reach, .study))
        }
    }
}
