import CodCore
import CodTesting
import Foundation
import Testing

@Suite struct StoreWriterTests {
    private let scratch: WriterScratch
    private let study: SyntheticStudy

    init() throws {
        scratch = try WriterScratch()
        study = try SyntheticStudy(seed: 21, seriesCount: 2, instancesPerSeries: 3, rows: 16, columns: 16, cineFrameCount: 2)
    }

    @Test func `A study becomes a tar and a metadata.json for each series, and nothing else`() throws {
        let store = try study.write(to: StoreWriter(folder: scratch.path, prefix: "a/dicomweb"))
        let expected = study.series.flatMap { series in
            [
                "a/dicomweb/studies/\(study.uid)/series/\(series.uid).tar",
                "a/dicomweb/studies/\(study.uid)/series/\(series.uid)/metadata.json",
            ]
        }
        #expect(scratch.files == expected.sorted())
        #expect(store.series.flatMap { [$0.archiveName, $0.metadataName] } == expected)
        #expect(store.studiesParentFolder == "\(scratch.path)/a/dicomweb")
        #expect(store.studies.map(\.uid) == [study.uid])
        #expect(store.series.map(\.modality) == ["CT", "CT", "US"])
        #expect(store.instances.count == 7)
    }

    @Test func `Without a prefix the store begins in the folder, which is made with all above it`() throws {
        let store = try study.write(to: StoreWriter(folder: "\(scratch.path)/new/er", prefix: nil))
        #expect(store.studiesParentFolder == "\(scratch.path)/new/er")
        #expect(scratch.files.allSatisfy { $0.hasPrefix("new/er/studies/\(study.uid)/series/") })
    }

    @Test(arguments: StoreWriter.MetadataVersion.allCases, [false, true])
    func `Metadata says where each instance is, how large, and its checksum`(
        version: StoreWriter.MetadataVersion, hashes: Bool
    ) throws {
        for encoding in StoreWriter.MetadataEncoding.allCases {
            let writer = StoreWriter(
                folder: scratch.path, prefix: "\(encoding)", bucket: "b", metadataVersion: version, metadataEncoding: encoding,
                hashesUIDs: hashes)
            let store = try study.write(to: writer)
            for (series, synthetic) in zip(store.series, study.series) {
                let tar = try scratch.bytes(series.archiveName)
                #expect(Int64(tar.count) == series.archiveByteCount)
                let records = try scratch.records(series.metadataName)
                #expect(Set(records.keys) == Set(series.instances.map(\.uid)))
                for (instance, original) in zip(series.instances, synthetic.instances) {
                    let record = try #require(records[instance.uid])
                    let headers = try #require(record["headers"] as? [String: Int])
                    let (start, end) = (try #require(headers["start_byte"]), try #require(headers["end_byte"]))
                    #expect(Array(tar[start..<end]) == original.bytes())
                    #expect(Int64(start) == instance.byteOffset)
                    #expect(record["size"] as? Int64 == original.byteCount)
                    var checksum = RunningCRC32C()
                    checksum.update(tar[start..<end].span.bytes)
                    #expect(record["crc32c"] as? String == checksum.checksum.base64)
                    #expect(instance.checksum == checksum.checksum)
                    #expect(record["uri"] as? String == "gs://b/\(series.archiveName)://instances/\(instance.uid).dcm")
                    #expect(instance.originalUID == original.uid)
                }
                #expect(series.instances.first?.byteOffset == 1536)
            }
        }
    }

    @Test(arguments: StoreWriter.MetadataVersion.allCases)
    func `Each version holds the attributes in its own form`(version: StoreWriter.MetadataVersion) throws {
        let store = try study.write(to: StoreWriter(folder: scratch.path, metadataVersion: version))
        for (series, synthetic) in zip(store.series, study.series) {
            let records = try scratch.records(series.metadataName)
            for original in synthetic.instances {
                let record = try #require(records[original.uid])
                let attributes: [String: Any]
                if version == .v2 {
                    let text = try #require(record["metadata"] as? String)
                    let frame = [UInt8](try #require(Data(base64Encoded: text)))
                    attributes = try #require(try JSONSerialization.jsonObject(with: Data(try unzstd(frame))) as? [String: Any])
                    #expect(record["version"] as? String == "2.0")
                    #expect(record["instance_uid"] as? String == original.uid)
                    #expect(record["series_uid"] as? String == synthetic.uid)
                    #expect(record["study_uid"] as? String == study.uid)
                    #expect(record["has_pixeldata"] as? Bool == true)
                } else {
                    attributes = try #require(record["metadata"] as? [String: Any])
                    #expect(record["version"] as? String == (version == .v1 ? "1.0" : nil))
                    #expect(record["instance_uid"] == nil)
                }
                let file = try ParsedDICOM(original.bytes())
                #expect(Set(attributes.keys) == Set(file.elements.map { String(format: "%08X", $0.tag) }))
                for element in file.elements {
                    let attribute = try #require(attributes[String(format: "%08X", element.tag)] as? [String: Any])
                    #expect(attribute["vr"] as? String == element.vr)
                }
                func value(_ tag: String) -> Any? { ((attributes[tag] as? [String: Any])?["Value"] as? [Any])?.first }
                #expect(value("00080060") as? String == synthetic.modality)
                #expect(value("0008103E") as? String == synthetic.description)
                #expect(value("00080018") as? String == original.uid)
                #expect((value("00100010") as? [String: String])?["Alphabetic"] == "PHANTOM^COD")
                #expect(value("00280010") as? Int == 16)
                #expect(value("00200013") as? Int == Int(file[0x0020_0013]?.text ?? ""))
                #expect((attributes["7FE00010"] as? [String: Any])?["BulkDataURI"] != nil)
            }
        }
    }

    @Test func `Hashed UIDs are the keys and the names; the original ones stay in the records and the files`() throws {
        let writer = StoreWriter(folder: scratch.path, hashesUIDs: true)
        let store = try study.write(to: writer)
        #expect(store.studies.map(\.uid) == [writer.identifier(study.uid)])
        for (series, synthetic) in zip(store.series, study.series) {
            let metadata = try scratch.metadata(series.metadataName)
            #expect(metadata["deid_study_uid"] as? String == writer.identifier(study.uid))
            #expect(metadata["deid_series_uid"] as? String == writer.identifier(synthetic.uid))
            #expect(metadata["study_uid"] == nil)
            let names = try ParsedTar(scratch.bytes(series.archiveName)).entries.map(\.name)
            #expect(names == synthetic.instances.map { "instances/\(writer.identifier($0.uid)).dcm" })
            for instance in series.instances {
                #expect(instance.uid.wholeMatch(of: /[0-9a-f]{64}/) != nil)
                #expect(
                    try scratch.records(series.metadataName)[instance.uid]?["instance_uid"] as? String == instance.originalUID)
            }
        }
        // SHA-256 of the UID's text.
        #expect(writer.identifier("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `The tar is what Python writes: a pax header with a fraction for each entry, full records at the end`() throws {
        let store = try study.write(to: StoreWriter(folder: scratch.path))
        for series in store.series {
            let tar = try ParsedTar(scratch.bytes(series.archiveName))
            #expect(tar.entries.map(\.name) == series.instances.map { "instances/\($0.uid).dcm" })
            #expect(tar.entries.map { Int64($0.range.lowerBound) } == series.instances.map(\.byteOffset))
            #expect(tar.entries.map { Int64($0.range.count) } == series.instances.map(\.byteCount))
            for entry in tar.entries {
                #expect(entry.records["mtime"]?.wholeMatch(of: /[0-9]+\.[0-9]+/) != nil)
                #expect(entry.records["mtime"]?.hasPrefix("\(entry.seconds).") == true)
                #expect(entry.mode == 0o600)
            }
            #expect(tar.trailer.count >= 1024 && tar.trailer.allSatisfy { $0 == 0 })
            #expect(series.archiveByteCount % 10240 == 0)
        }
    }

    @Test func `The same call gives the same bytes, over what is there too`() throws {
        func contents() throws -> [String: [UInt8]] {
            Dictionary(uniqueKeysWithValues: try scratch.files.map { ($0, try scratch.bytes($0)) })
        }
        try study.write(to: StoreWriter(folder: scratch.path))
        let first = try contents()
        // What a call that was stopped left behind is in nobody's way.
        let leftover = "\(scratch.path)/\(try #require(first.keys.sorted().first)).partial"
        try Data("old".utf8).write(to: URL(fileURLWithPath: leftover))
        try study.write(to: StoreWriter(folder: scratch.path))
        #expect(try contents() == first)
    }

    @Test func `Progress is told of each instance, in order`() throws {
        var told: [WrittenInstance] = []
        let store = try study.write(to: StoreWriter(folder: scratch.path)) { told.append($0) }
        #expect(told == store.instances)
    }

    @Test func `A cancelled task leaves no file under its final name`() async throws {
        let (study, path) = (study, scratch.path)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try study.write(to: StoreWriter(folder: path))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(scratch.files.allSatisfy { $0.hasSuffix(".partial") })
    }

    @Test func `A folder that cannot be one is named in the error`() throws {
        try Data().write(to: URL(fileURLWithPath: "\(scratch.path)/file"))
        let error = #expect(throws: CodError.self) { try study.write(to: StoreWriter(folder: "\(scratch.path)/file")) }
        #expect(error?.code == .outputUnusable)
        #expect(error?.message.contains("\(scratch.path)/file") == true)
    }

    @Test(.enabled(if: program("tar") != nil)) func `The system's tar reads the archive`() throws {
        let store = try study.write(to: StoreWriter(folder: scratch.path))
        for series in store.series {
            let result = try run(try #require(program("tar")), ["tf", "\(scratch.path)/\(series.archiveName)"])
            #expect(result.code == 0)
            #expect(result.output.split(separator: "\n").map(String.init) == series.instances.map { "instances/\($0.uid).dcm" })
        }
    }

    @Test(.enabled(if: program("python3") != nil)) func `Python's tarfile reads the archive, times with fractions`() throws {
        let store = try study.write(to: StoreWriter(folder: scratch.path))
        let script =
            "import tarfile,sys\nfor m in tarfile.open(sys.argv[1]): print(m.name, m.size, m.offset_data, m.mtime % 1 > 0)"
        for series in store.series {
            let result = try run(try #require(program("python3")), ["-c", script, "\(scratch.path)/\(series.archiveName)"])
            #expect(
                result.output.split(separator: "\n").map(String.init)
                    == series.instances.map { "instances/\($0.uid).dcm \($0.byteCount) \($0.byteOffset ?? -1) True" })
        }
    }

    @Test(.enabled(if: program("dcmdump") != nil)) func `dcmdump reads every instance without a complaint`() throws {
        for (index, instance) in study.series.flatMap({ Array($0.instances) }).enumerated() {
            let path = "\(scratch.path)/\(index).dcm"
            try Data(instance.bytes()).write(to: URL(fileURLWithPath: path))
            let result = try run(try #require(program("dcmdump")), ["-v", path])
            #expect(result.code == 0)
            let complaints = result.output.split(separator: "\n").filter { $0.hasPrefix("W:") || $0.hasPrefix("E:") }
            #expect(complaints.isEmpty)
            #expect(result.output.contains("PHANTOM^COD"))
        }
    }
}
