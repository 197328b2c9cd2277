import CodCore
import CodSink
import CodZip
import SystemPackage

/// Verifies zips of studies, one after the other, and tells of them as is told of a folder.
struct ZipsVerifier {
    private let zips: [ZipVerification]

    init(of paths: [String]) {
        var seen = Set<String>()
        zips = paths.filter { seen.insert($0).inserted }.map { ZipVerification(of: $0) }
    }

    /// As `OutputVerifier` does. The studies are those that the zips are named after.
    ///
    /// What each holds is read twice, so that the directory of one is held at a time.
    func run(
        studies: [String], _ tell: @escaping @Sendable (VerificationEvent) async -> Void
    ) async throws -> VerificationReport {
        let (wanted, failures) = try select(studies)
        var plan = VerificationPlan()
        // One a zip at most.
        var findings: [VerificationFinding] = []
        var failed: [String: CodError] = [:]
        for zip in wanted {
            do {
                let contents = try await zip.contents()
                plan.series += contents.seriesCount
                plan.instances += contents.instanceCount
                plan.bytes = plan.bytes.addingSaturated(contents.byteCount)
                if contents.isIncomplete {
                    findings.append(.incomplete(zip))
                } else if contents.instanceCount == 0 {
                    findings.append(.withoutInstances(zip))
                }
            } catch let error as CodError {
                findings.append(VerificationFinding(of: zip, error))
                failed[zip.path] = error
            }
        }
        if failed.count == wanted.count, let first = wanted.first.flatMap({ failed[$0.path] }),
            failed.values.allSatisfy({ $0.code == .invalidSource })
        {
            throw first
        }
        if plan.instances == 0, !findings.contains(where: \.kind.isFailure) {
            throw CodError(
                .invalidSource,
                "\(wanted.map(\.path).joined(separator: ", ")) holds nothing that cod saved: no "
                    + "<series>/instances/<instance>.dcm.", recovery: "Give zips of studies.", reach: .job)
        }
        return await Telling(plan: plan, tell: tell).run(wanted.filter { failed[$0.path] == nil }, failures, findings)
    }

    /// The zips of some studies, and an error for each study that has none; throws when none has.
    private func select(_ studies: [String]) throws(CodError) -> (zips: [ZipVerification], failures: [CodError]) {
        for study in studies {
            guard let problem = UIDText.problem(with: study) else { continue }
            throw CodError(
                .invalidIdentifier, "\"\(study)\" is no study: \(problem).",
                recovery: "Give Study Instance UIDs, or their hashes, as the zips are called.", reach: .job)
        }
        if studies.isEmpty { return (zips, []) }
        let names = Set(studies)
        let wanted = zips.filter { $0.study.map(names.contains) ?? false }
        let there = Set(wanted.compactMap(\.study))
        var seen = there
        let missing = studies.filter { seen.insert($0).inserted }
        if wanted.isEmpty {
            throw CodError(
                .studyNotFound, "None of the zips is named after \(missing.joined(separator: ", ")).",
                recovery: "Check the studies' UIDs.", reach: .job)
        }
        return (
            wanted,
            missing.map { study in
                var error = CodError(
                    .studyNotFound, "None of the zips is named after this study.", recovery: "Check its UID.", reach: .study)
                error.study = study
                return error
            }
        )
    }
}

/// Verifies zips of which it is known what they hold.
private struct Telling {
    let plan: VerificationPlan
    let tell: @Sendable (VerificationEvent) async -> Void

    func run(
        _ zips: [ZipVerification], _ failures: [CodError], _ findings: [VerificationFinding]
    ) async -> VerificationReport {
        var report = VerificationReport()
        await tell(.plan(plan))
        for failure in failures {
            report.failures.append(failure)
            await tell(.error(failure))
        }
        for finding in findings { await add(finding, to: &report) }
        var isInterrupted = false
        for zip in zips where !isInterrupted {
            do {
                let (plan, tell, before) = (plan, tell, report)
                let part = try await zip.run { event in
                    switch event {
                    case .progress(let instanceCount, let byteCount):
                        await tell(
                            .progress(
                                VerificationProgress(
                                    instances: before.instanceCount + instanceCount, bytesRead: before.byteCount + byteCount,
                                    of: plan)))
                    case .finding(let finding): await tell(.finding(VerificationFinding(of: zip, finding)))
                    }
                }
                report.instanceCount += part.instanceCount
                report.verifiedCount += part.verifiedCount
                report.byteCount += part.byteCount
                for (kind, count) in part.findingCounts { report.findingCounts[.init(kind), default: 0] += count }
                isInterrupted = part.isInterrupted
            } catch let error as CodError {
                // It was another one a moment ago.
                await add(VerificationFinding(of: zip, error), to: &report)
            } catch {
                isInterrupted = true
            }
        }
        if isInterrupted {
            let stop = CodError(.cancelled, "The verification was cancelled.", reach: .job)
            report.interruption = stop
            await tell(.error(stop))
        }
        await tell(.complete(report))
        return report
    }

    private func add(_ finding: VerificationFinding, to report: inout VerificationReport) async {
        report.findingCounts[finding.kind, default: 0] += 1
        await tell(.finding(finding))
    }
}

extension VerificationFinding.Kind {
    fileprivate init(_ kind: ZipVerification.Finding.Kind) {
        self =
            switch kind {
            case .damaged: .damaged
            case .unknown: .unknown
            case .unreadable: .unreadable
            }
    }
}

extension VerificationFinding {
    /// What is wrong with an entry.
    fileprivate init(of zip: ZipVerification, _ finding: ZipVerification.Finding) {
        self.init(Kind(finding.kind), "\(zip.path)/\(finding.entry)", finding.message, recovery: finding.recovery)
        study = zip.study
        (series, instance) = (finding.instance?.series, finding.instance?.uid)
        expected = Content(size: finding.expected.byteCount, checksum: finding.expected.checksum)
        found = finding.found.map { Content(size: $0.byteCount, checksum: $0.checksum) }
    }

    fileprivate static func incomplete(_ zip: ZipVerification) -> Self {
        var finding = Self(
            .missing, "\(zip.path)/INCOMPLETE.txt",
            "It says that instances of the study failed when the zip was made, and are not in it.",
            recovery: "Run the command that made the zip again: it fetches what is missing.")
        finding.study = zip.study
        return finding
    }

    fileprivate static func withoutInstances(_ zip: ZipVerification) -> Self {
        var finding = Self(.unknown, zip.path, "This zip holds no instance: no <series>/instances/<instance>.dcm.")
        finding.study = zip.study
        return finding
    }

    /// Why a zip cannot be verified at all.
    fileprivate init(of zip: ZipVerification, _ error: CodError) {
        let errno = error.cause as? Errno
        let kind: Kind = errno == .noSuchFileOrDirectory ? .missing : errno == nil ? .damaged : .unreadable
        self.init(kind, zip.path, error.message, recovery: error.recovery)
        study = zip.study
    }
}
