import CodTesting
import Foundation
import Testing

/// What a download with a layout leaves, by its table.
struct LaidOut {
    /// Path to bytes of every file but the tool's own, links not followed.
    let files: [String: Data]
    /// Instance, as `<study>/<series>/<instance>`, to path.
    let paths: [String: String]
    /// The table's lines without the header, each in its fields.
    let rows: [[String]]

    init(_ output: String, in scratch: Scratch) throws {
        var files: [String: Data] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: scratch.path(output)) ?? .init() {
            if path.hasPrefix(".cod") || ["log.json", "files.csv"].contains(path) { continue }
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path("\(output)/\(path)"))
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            files[path] = try Data(contentsOf: URL(fileURLWithPath: scratch.path("\(output)/\(path)")))
        }
        self.files = files
        let table = try String(contentsOfFile: scratch.path("\(output)/files.csv"), encoding: .utf8)
        let lines = table.components(separatedBy: "\r\n")
        try #require(lines.first == "path,study,series,instance,size,crc32c" && lines.last == "")
        // No path of these stores needs quotes.
        rows = lines.dropFirst().dropLast().map { $0.components(separatedBy: ",") }
        paths = Dictionary(uniqueKeysWithValues: rows.map { ("\($0[1])/\($0[2])/\($0[3])", $0[0]) })
    }

    /// Expects that every instance of these is there once, whole, and in the table, and nothing beside them.
    func expect(_ expected: [String: Data], sourceLocation: SourceLocation = #_sourceLocation) {
        var byInstance: [String: Data] = [:]
        for (path, bytes) in expected {
            byInstance[path.replacing("/instances/", with: "/").replacing(".dcm", with: "")] = bytes
        }
        #expect(Set(paths.keys) == Set(byInstance.keys), sourceLocation: sourceLocation)
        #expect(Set(paths.values) == Set(files.keys), sourceLocation: sourceLocation)
        for (instance, path) in paths where files[path] != byInstance[instance] {
            Issue.record("\(path) does not hold \(instance)", sourceLocation: sourceLocation)
        }
        for row in rows {
            #expect(row.count == 6 && Int(row[4]) == files[row[0]]?.count && row[5].count == 8, sourceLocation: sourceLocation)
        }
    }
}
