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
    func publish(by way: Way, with report: IncompleteEntry?, in workshop: Workshop) throws {
        switch way {
        case .keep: DamageMark.removeStale(for: workshop.names.name, in: workshop.names.folder)
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
        switch way {
        case .keep, .copy: if !leavesProgress { workshop.progress.discard() }
        case .complete: workshop.progress.discardJournal()
        }
    }

    private func complete(_ zip: ZipFile, with report: IncompleteEntry?, in workshop: Workshop) throws {
        // Nothing in a gap is to look like an entry.
        for gap in gaps {
            try zip.write([UInt8](repeating: 0, count: Int(min(gap.upperBound - gap.lowerBound, 30))), at: gap.lowerBound)
        }
        let own = parts.prefix { $0.origin == .progress }.map(\.place)
        var layout = ZipLayout(own, byteCount: own.last?.endOffset ?? 0)
        for part in parts[own.count...] { try workshop.add(part, to: &layout, of: zip) }
        try report?.write(to: &layout, of: zip, options: workshop.options, modified: workshop.modified)
        try zip.publish(layout, isDurable: workshop.isDurable)
    }

    private func copy(to zip: ZipFile, with report: IncompleteEntry?, in workshop: Workshop) throws {
        var layout = ZipLayout()
        for part in parts { try workshop.add(part, to: &layout, of: zip) }
        try report?.write(to: &layout, of: zip, options: workshop.options, modified: workshop.modified)
        try zip.publish(layout, isDurable: workshop.isDurable)
    }
}

extension ZipMakeup.Workshop {
    fileprivate func add(_ part: ZipMakeup.Part, to layout: inout ZipLayout, of zip: ZipFile) throws {
        try BlockingCancellation.check()
        var entry = part.place.entry
        entry.modified = modified
        // What lay on a disk since an earlier run is compared before it is published anew.
        if part.origin == .finished { try finished?.check(part.place) }
        let place = layout.add(entry)
        try zip.write(ZipRecord.local(entry), at: place.offset)
        // A piece at a time, so that nobody who cancels waits for all of a large one.
        let start = try part.origin == .progress ? part.place.dataOffset : finished?.dataOffset(of: part.place) ?? 0
        var copied: Int64 = 0
        while copied < entry.packedByteCount {
            try BlockingCancellation.check()
            let byteCount = min(entry.packedByteCount - copied, 256 << 20)
            switch part.origin {
            case .progress: try progress.copy(byteCount, at: start + copied, to: zip, at: place.dataOffset + copied)
            case .finished: try finished?.copy(byteCount, at: start + copied, to: zip, at: place.dataOffset + copied)
            }
            copied += byteCount
        }
    }

    /// Says of a failed call which zip it was.
    fileprivate func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let errno as Errno { throw CodError.writingZip(names.path, errno) }
    }
}
