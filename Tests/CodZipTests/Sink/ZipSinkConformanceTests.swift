import CodCore
import CodTesting
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CodZip

@Suite("ZipSink, held against what every sink must do")
struct ZipSinkConformanceTests {
    /// Finishes the study at the end of each run, as a pipeline would.
    struct Finishing: Sink {
        let sink: ZipSink
        let found = Found()

        /// What there is at the end of a run, by what the sink has answered.
        final class Found: Sendable {
            private let instances = Mutex<[Instance: SavedInstance]>([:])

            func add(_ saved: [SavedInstance]) {
                instances.withLock { instances in
                    for saved in saved {
                        instances = instances.filter {
                            $0.key.series != saved.instance.series || $0.key.uid != saved.instance.uid
                        }
                        instances[saved.instance] = saved
                    }
                }
            }

            var study: SavedStudy {
                let all = instances.withLock { Dictionary(grouping: $0.values, by: \.instance.series) }
                return SavedStudy(uid: "study", series: all.map { SavedSeries(id: $0.key, instances: $0.value) })
            }
        }

        func run(_ input: consuming InstanceStream, in context: StageContext) async throws -> SavedSeries {
            let series = try await sink.run(input, in: context)
            found.add(series.instances)
            return series
        }
        func prepare(for plan: RetrievalPlan) async throws { try await sink.prepare(for: plan) }
        func inventory(of series: SeriesPlan) async throws -> [SavedInstance] {
            let held = try await sink.inventory(of: series)
            found.add(held)
            return held
        }
        func save(_ instance: Instance, body: inout InstanceBody) async throws -> SavedInstance {
            try await sink.save(instance, body: &body)
        }
        func commit(_ series: SavedSeries) async throws -> SavedSeries { try await sink.commit(series) }
        func takeBack(_ instances: [SavedInstance]) async throws { try await sink.takeBack(instances) }
        func close() async throws {
            _ = try await sink.finish(found.study)
            try await sink.close()
        }
    }

    @Test(
        "It conforms with a study that is not finished, with nameless files and without",
        arguments: SinkConformance<ZipSink>.Check.allCases, [true, false])
    func conforms(_ check: SinkConformance<ZipSink>.Check, usesUnnamedFiles: Bool) async throws {
        let folder = try TemporaryFolder()
        try await SinkConformance {
            ZipSink(into: folder["zips"], isDurable: false, usesUnnamedFiles: usesUnnamedFiles)
        } readBack: { sink, instance in
            try ZipContent.bytes(of: StudyZipper.entryName(of: instance), study: "study", in: sink.folder)
        }.run(check)
    }

    @Test(
        "It conforms with a study that is finished, with a timestamp and without",
        arguments: SinkConformance<Finishing>.Check.allCases, [ZipTime.earliest, nil])
    func finished(_ check: SinkConformance<Finishing>.Check, timestamp: ZipTime?) async throws {
        let folder = try TemporaryFolder()
        var options = ZipOptions()
        options.timestamp = timestamp
        try await SinkConformance { [options] in
            Finishing(sink: ZipSink(into: folder["zips"], options: options, isDurable: false, usesUnnamedFiles: true))
        } readBack: { sink, instance in
            try ZipContent.bytes(of: StudyZipper.entryName(of: instance), study: "study", in: sink.sink.folder)
        }.run(check)
        #expect(folder.names(in: "zips") == ["study.zip"])
        let result = try ZipReader.python.test(folder["zips/study.zip"])
        #expect(result.status == 0, "\(result.text)")
    }
}
