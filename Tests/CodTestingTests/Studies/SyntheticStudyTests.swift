import CodCore
import CodTesting
import Testing

@Suite struct SyntheticStudyTests {
    static let studies: [SyntheticStudy] = [
        try! SyntheticStudy(seed: 1, instancesPerSeries: 3, rows: 40, columns: 56),
        try! SyntheticStudy(seed: 2, seriesCount: 2, instancesPerSeries: 1, rows: 33, columns: 17, cineFrameCount: 3),
        try! SyntheticStudy(seed: .max, instancesPerSeries: 2, rows: 1, columns: 1, cineFrameCount: 1),
        try! SyntheticStudy(
            seed: 0, instancesPerSeries: 2, rows: 8, columns: 8, cineFrameCount: 5, payload: .noise(byteCount: 300_001)),
        try! SyntheticStudy(seed: 7, instancesPerSeries: 2, rows: 8, columns: 8, payload: .zeros(byteCount: 300_001)),
    ]

    @Test(arguments: studies)
    func `Every instance is a sound DICOM file of the length that was told`(study: SyntheticStudy) throws {
        for instance in study.series.flatMap({ Array($0.instances) }) {
            let bytes = instance.bytes()
            #expect(Int64(bytes.count) == instance.byteCount)
            let file = try ParsedDICOM(bytes)
            #expect(file[0x0002_0003]?.text == instance.uid)
            #expect(file[0x0008_0018]?.text == instance.uid)
            #expect(file[0x0002_0002]?.text == file[0x0008_0016]?.text)
            #expect(file[0x0002_0010]?.text == "1.2.840.10008.1.2.1")
            #expect(file[0x0020_000D]?.text == study.uid)
            #expect(file[0x0010_0010]?.text == "PHANTOM^COD")
        }
    }

    @Test(arguments: studies)
    func `The pixels fill rows, columns and frames`(study: SyntheticStudy) throws {
        for instance in study.series.flatMap({ Array($0.instances) }) {
            let file = try ParsedDICOM(instance.bytes())
            let frames = file[0x0028_0008].flatMap { Int($0.text) } ?? 1
            let bits = try #require(file[0x0028_0100]?.number)
            let count = try #require(file[0x0028_0010]?.number) * #require(file[0x0028_0011]?.number) * frames * bits / 8
            #expect(file[0x7FE0_0010]?.value.count == count + count % 2)
            #expect(file[0x7FE0_0010]?.vr == (bits == 16 ? "OW" : "OB"))
        }
    }

    @Test func `A CT slice has every attribute that its IOD demands`() throws {
        let study = try SyntheticStudy(seed: 3, instancesPerSeries: 1, rows: 8, columns: 8)
        let file = try firstFile(of: study)
        let filled: [UInt32] = [
            0x0008_0008, 0x0008_0016, 0x0008_0018, 0x0008_0060, 0x0018_0050, 0x0018_5100, 0x0020_000D, 0x0020_000E, 0x0020_0032,
            0x0020_0037, 0x0020_0052, 0x0028_0002, 0x0028_0004, 0x0028_0010, 0x0028_0011, 0x0028_0030, 0x0028_0100, 0x0028_0101,
            0x0028_0102, 0x0028_0103, 0x0028_1050, 0x0028_1051, 0x0028_1052, 0x0028_1053, 0x7FE0_0010,
        ]
        for tag in filled { #expect(file[tag]?.value.isEmpty == false, "\(String(tag, radix: 16))") }
        let present: [UInt32] = [
            0x0008_0020, 0x0008_0030, 0x0008_0050, 0x0008_0070, 0x0008_0090, 0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0010_0040,
            0x0018_0060, 0x0020_0010, 0x0020_0011, 0x0020_0012, 0x0020_0013, 0x0020_1040,
        ]
        for tag in present { #expect(file[tag] != nil, "\(String(tag, radix: 16))") }
    }

    @Test func `A cine says how its frames follow each other`() throws {
        let study = try SyntheticStudy(seed: 3, seriesCount: 0, rows: 8, columns: 8, cineFrameCount: 4)
        let series = try #require(study.series.first)
        #expect(series.modality == "US")
        let file = try ParsedDICOM(try #require(series.instances.first).bytes())
        #expect(file[0x0028_0008]?.text == "4")
        #expect(file[0x0028_0009]?.value == [0x18, 0x00, 0x63, 0x10])
        #expect(Double(file[0x0018_1063]?.text ?? "") ?? 0 > 0)
    }

    @Test(arguments: [1, 2, 7, 400])
    func `Slices step through the patient by the spacing that they give`(sliceCount: Int) throws {
        let study = try SyntheticStudy(seed: 4, instancesPerSeries: sliceCount, rows: 4, columns: 4)
        var last: Double?
        for (index, instance) in try #require(study.series.first).instances.enumerated() {
            let file = try ParsedDICOM(instance.bytes())
            let position = try #require(file[0x0020_0032]?.texts.last.flatMap(Double.init))
            let spacing = try #require(file[0x0018_0088].flatMap { Double($0.text) })
            #expect(file[0x0020_1041].flatMap { Double($0.text) } == position)
            #expect(file[0x0020_0013]?.text == "\(index + 1)")
            if let last { #expect(abs(position - last - spacing) < 1e-9) }
            last = position
        }
    }

    @Test func `Decimal strings keep to sixteen characters`() throws {
        for (rows, columns) in [(1, 65535), (65535, 1), (7, 13)] {
            let study = try SyntheticStudy(seed: 5, instancesPerSeries: 2, rows: rows, columns: columns)
            let file = try firstFile(of: study)
            for element in file.elements where element.vr == "DS" {
                for text in element.texts {
                    #expect(text.utf8.count <= 16)
                    #expect(Double(text) != nil)
                }
            }
        }
    }

    @Test func `UIDs are all different, short, and have no leading zero`() throws {
        let uids = try (0..<20).flatMap { (seed: UInt64) in
            let study = try SyntheticStudy(seed: seed, seriesCount: 3, instancesPerSeries: 20, cineFrameCount: 1)
            return [study.uid] + study.series.flatMap { series in [series.uid] + series.instances.map(\.uid) }
        }
        #expect(Set(uids).count == uids.count)
        #expect(uids.count == 20 * (1 + 4 + 61))
        for uid in uids {
            #expect(uid.count <= 64 && uid.wholeMatch(of: /2\.25\.[1-9][0-9]*/) != nil, "\(uid)")
        }
    }

    @Test func `The same description gives the same bytes, another seed others`() throws {
        func checksums(seed: UInt64) throws -> [CRC32C] {
            let study = try SyntheticStudy(
                seed: seed, instancesPerSeries: 3, rows: 24, columns: 24, cineFrameCount: 2, payload: .noise(byteCount: 100))
            return study.series.flatMap(\.instances).map { instance in
                var checksum = RunningCRC32C()
                instance.forEachChunk { checksum.update($0) }
                return checksum.checksum
            }
        }
        let first = try checksums(seed: 11)
        #expect(Set(first).count == 4)
        #expect(try checksums(seed: 11) == first)
        #expect(Set(try checksums(seed: 12)).isDisjoint(with: first))
        // On every machine: these are what the seed has always given.
        #expect(first.map(\.description) == ["295ce1e1", "7ecdf196", "74267081", "ca13b77f"])
    }

    @Test(arguments: studies)
    func `No more than a picture or a run of noise is held at a time`(study: SyntheticStudy) {
        let limit = max(study.rows * study.columns * 2, 1 << 18, 4096)
        for instance in study.series.flatMap({ Array($0.instances) }) {
            instance.forEachChunk { chunk in #expect(chunk.byteCount <= limit) }
        }
    }

    @Test func `Numbers that no study can have are refused by name`() throws {
        func message(_ make: () throws(CodError) -> SyntheticStudy) -> String? {
            do {
                _ = try make()
                return nil
            } catch { return error.message }
        }
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, seriesCount: -1) }?.contains("-1 series") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, instancesPerSeries: -2) }?.contains("-2") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, rows: 0) }?.contains("0 rows") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, columns: 65536) }?.contains("65536") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, cineFrameCount: -3) }?.contains("-3") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, cineFrameCount: .max) }?.contains("bytes") == true)
        #expect(
            message { () throws(CodError) in try SyntheticStudy(seed: 1, rows: 65535, columns: 65535) }?.contains("65535") == true
        )
        #expect(
            message { () throws(CodError) in try SyntheticStudy(seed: 1, payload: .noise(byteCount: 1 << 32)) }?
                .contains("4294967296") == true)
        #expect(message { () throws(CodError) in try SyntheticStudy(seed: 1, rows: 65535, columns: 32767) } == nil)
    }
}
