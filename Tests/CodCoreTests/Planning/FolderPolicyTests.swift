import Testing

@testable import CodCore

@Suite("Archives of a folder are sliced finer")
struct FolderPolicyTests {
    @Test("A series of 24 MiB is read by several lanes from a folder, and by one over a network")
    func slices() {
        let byteCount: Int64 = 1 << 20
        let instances = (0..<24).map { number in
            PlannedInstance(uid: "1.\(number)", byteCount: byteCount - 512, dataOffset: Int64(number) * byteCount + 512)
        }
        let id = SeriesID(study: "1", series: "2")
        let archive = Archive(series: id, url: "file:///a.tar", objectName: "a.tar", byteCount: 24 * byteCount + 1024)
        let series = SeriesPlan(id: id, state: .retrievable(archive), instances: instances)
        let local = Planner(policy: .folder).portions(of: series, connectionCount: 4)
        #expect(local.count > 1)
        #expect(local.flatMap(\.instances).map(\.uid) == instances.map(\.uid))
        #expect(Planner().portions(of: series, connectionCount: 4).count == 1)
    }
}
