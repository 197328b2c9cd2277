import CodCore

/// Picks what is used out of the events of a metadata.json, and passes over the rest.
///
/// Missing and unknown fields are normal. A field of a wrong type counts as missing where nothing is lost by it (an address, an
/// offset); where that would take a check away or hide an instance, the metadata is damaged: `cod`, `cod.instances`, an instance that
/// is no object, a checksum that is none, a number that is no size.
struct MetadataFields: JSONHandler {
    /// Which object is open, from the outermost in.
    private enum Place {
        case root, cod, instances, instance, headers
    }

    private enum Field: String, CaseIterable {
        case studyUID = "study_uid"
        case deidentifiedStudyUID = "deid_study_uid"
        case seriesUID = "series_uid"
        case deidentifiedSeriesUID = "deid_series_uid"
        case cod, instances
        case uri, url, size, crc32c, headers, metadata
        case startByte = "start_byte"

        // Short texts are compared in no time, where making a case of a raw value looks at each in turn the long way.
        private static let names = allCases.map { (name: $0.rawValue, field: $0) }

        init?(named name: String) {
            guard let field = Self.names.first(where: { $0.name == name })?.field else { return nil }
            self = field
        }
    }

    private let limits: MetadataLimits
    /// Whether the text turned out to be an object at all.
    private(set) var hasBegun = false
    private(set) var metadata = SeriesMetadata()
    private var places: [Place] = []
    /// The field whose key was read last, in the innermost place.
    private var field: Field?
    /// How many levels of something that nobody wants are open.
    private var skippedDepth = 0
    private var instance: InstanceFields?
    private let selection: Selection
    private var attributes: DICOMAttributes
    private var isInAttributes = false
    /// Whether the instance that is open is judged by its attributes, and whether it has any.
    private var isJudging = false
    private var hasAttributes = false
    private var hasReadPacked = false
    private var unpackedByteCount: Int64 = 0
    private var hasCod = false
    private var hasInstances = false
    private var keptURIByteCount = 0
    private var seriesByteCount: Int64 = 0

    private let paths: SeriesPaths?

    init(limits: MetadataLimits, selection: Selection, paths: SeriesPaths? = nil) {
        self.limits = limits
        self.selection = selection
        self.paths = paths
        attributes = DICOMAttributes(matcher: AttributeMatcher(selection, layout: paths?.layout))
    }

    /// Tells that the text has ended; answers what was found.
    mutating func finish() throws(CodError) -> SeriesMetadata {
        guard hasCod else { throw .damagedMetadata("it has no \"cod\"") }
        guard hasInstances else { throw .damagedMetadata("its \"cod\" has no \"instances\"") }
        metadata.modality = attributes.modality
        metadata.seriesDescription = attributes.seriesDescription
        return metadata
    }

    func wantedByteCount(of kind: JSONTextKind) -> Int {
        if isInAttributes { return attributes.wantedByteCount(of: kind) }
        if skippedDepth > 0 { return 0 }
        switch kind {
        case .key: return places.last == .instances ? 2 * UIDText.maximumCount : 16
        case .number: return 32
        case .string: break
        }
        switch field {
        case .studyUID, .deidentifiedStudyUID, .seriesUID, .deidentifiedSeriesUID: return UIDText.maximumCount
        case .uri, .url: return 2048
        case .crc32c: return 32
        case .metadata: return isJudging || !hasReadPacked ? packedLimits.packedByteCount : 0
        default: return 0
        }
    }

    mutating func handle(_ event: JSONEvent) throws(CodError) {
        if isInAttributes {
            attributes.handle(event)
            isInAttributes = !attributes.isOutside
            return
        }
        switch event {
        case .beginObject: try begin(isObject: true)
        case .beginArray: try begin(isObject: false)
        case .endObject, .endArray: try end()
        case _ where skippedDepth > 0: break
        case .key(let key): try self.key(key)
        case .string(let text): try scalar(.string(text))
        case .number(let text): try scalar(.number(text))
        case .bool: try scalar(.bool)
        case .null: try scalar(.null)
        }
    }

    // MARK: Objects and lists

    private mutating func begin(isObject: Bool) throws(CodError) {
        if skippedDepth > 0 {
            skippedDepth += 1
            return
        }
        switch (places.last, field) {
        case (nil, _):
            guard isObject else { throw .damagedMetadata("it is a list, where an object was expected") }
            hasBegun = true
            places.append(.root)
        case (.root, .cod):
            guard isObject else { throw .damagedMetadata("its \"cod\" is no object") }
            places.append(.cod)
        case (.cod, .instances):
            guard isObject else { throw .damagedMetadata("its \"cod.instances\" is no object") }
            places.append(.instances)
        case (.instances, _):
            guard isObject else { throw noObject }
            places.append(.instance)
        case (.instance, .headers) where isObject: places.append(.headers)
        case (.instance, .metadata) where isObject:
            hasAttributes = true
            isInAttributes = isJudging || !attributes.isSummaryComplete
            if isInAttributes { attributes.handle(.beginObject) } else { skippedDepth = 1 }
        default: skippedDepth = 1
        }
        field = nil
    }

    private mutating func end() throws(CodError) {
        if skippedDepth > 0 {
            skippedDepth -= 1
        } else if places.popLast() == .instance {
            try endInstance()
        }
    }

    // MARK: Keys and values

    private mutating func key(_ key: JSONText) throws(CodError) {
        guard places.last != .instances else { return try beginInstance(key) }
        field = key.whole.flatMap(Field.init(named:)).flatMap { isAtHome($0) ? $0 : nil }
        switch field {
        case .cod:
            if hasCod { throw .damagedMetadata("it has \"cod\" twice") }
            hasCod = true
        case .instances:
            if hasInstances { throw .damagedMetadata("it has \"cod.instances\" twice") }
            hasInstances = true
        default: break
        }
    }

    /// Whether a field's name means that field in the innermost place.
    private func isAtHome(_ field: Field) -> Bool {
        switch field {
        case .studyUID, .deidentifiedStudyUID, .seriesUID, .deidentifiedSeriesUID, .cod: places.last == .root
        case .instances: places.last == .cod
        case .uri, .url, .size, .crc32c, .headers, .metadata: places.last == .instance
        case .startByte: places.last == .headers
        }
    }

    private enum Scalar {
        case string(JSONText)
        case number(JSONText)
        case bool, null
    }

    private mutating func scalar(_ value: Scalar) throws(CodError) {
        switch (places.last, field, value) {
        case (nil, _, _): throw .damagedMetadata("it is no object")
        case (.root, .cod, _): throw .damagedMetadata("its \"cod\" is no object")
        case (.cod, .instances, _): throw .damagedMetadata("its \"cod.instances\" is no object")
        case (.instances, _, .null): try endInstance()
        case (.instances, _, _): throw noObject
        case (.root, .studyUID, .string(let text)): metadata.studyUID = metadata.studyUID ?? text.whole
        case (.root, .deidentifiedStudyUID, .string(let text)): metadata.studyUID = text.whole ?? metadata.studyUID
        case (.root, .seriesUID, .string(let text)): metadata.seriesUID = metadata.seriesUID ?? text.whole
        case (.root, .deidentifiedSeriesUID, .string(let text)): metadata.seriesUID = text.whole ?? metadata.seriesUID
        case (.instance, .uri, .string(let text)): instance?.uri = text.whole
        case (.instance, .url, .string(let text)): if instance?.uri == nil { instance?.uri = text.whole }
        case (.instance, .size, .number(let text)):
            let limit = limits.seriesByteCount
            try instance?.setSize(text, limit: limit)
        case (.instance, .crc32c, .string(let text)): try instance?.setChecksum(text)
        case (.instance, .crc32c, .number), (.instance, .crc32c, .bool): throw noChecksum
        case (.instance, .metadata, .string(let text)): try readPacked(text)
        case (.headers, .startByte, .number(let text)): instance?.setDataOffset(text)
        default: break
        }
    }

    /// Where instances are not judged by it, only the first one is unpacked: what is looked for is the same in all of a series.
    private mutating func readPacked(_ text: JSONText) throws(CodError) {
        guard isJudging || !hasReadPacked, !text.text.isEmpty else { return }
        hasAttributes = true
        let isFirst = !hasReadPacked
        hasReadPacked = true
        if !isJudging, attributes.isSummaryComplete { return }
        let problem = attributes.read(
            packed: text, fillsSummary: isFirst, limits: packedLimits, unpackedByteCount: &unpackedByteCount)
        guard isJudging else { return }
        // A path can do without.
        if let problem, selection.asksForAttributes || selection.every > 1 {
            throw .damagedMetadata("the packed attributes of the instance \(instance?.uid ?? "") are damaged: \(problem)")
        }
        guard unpackedByteCount <= limits.attributeByteCount else {
            throw .damagedMetadata("its instances' attributes unpack to more than \(limits.attributeByteCount) bytes")
        }
    }

    private var packedLimits: DICOMAttributes.PackedLimits { isJudging ? .judging : .summary }

    // MARK: Instances

    private mutating func beginInstance(_ key: JSONText) throws(CodError) {
        guard let uid = key.whole, UIDText.isValid(uid) else {
            let problem =
                key.whole.flatMap { UIDText.problem(with: $0) } ?? "more than \(UIDText.maximumCount) characters are too many"
            var error = CodError.damagedMetadata("it lists an instance \(quoted(key.text, limit: 80)), and \(problem)")
            error.code = .invalidIdentifier
            throw error
        }
        guard metadata.instances.count < limits.instanceCount else {
            throw .damagedMetadata("it lists more than \(limits.instanceCount) instances")
        }
        instance = InstanceFields(uid: uid)
        field = nil
        hasAttributes = false
        // Of one that its name leaves out nothing more need be known.
        // A layout tells instances apart by all that there are, so that what is chosen of them changes no path.
        isJudging = attributes.matcher != nil && (paths != nil || selection.admits(instance: uid))
        attributes.matcher?.beginInstance()
    }

    private mutating func endInstance() throws(CodError) {
        guard let fields = instance else { return }
        instance = nil
        if let size = fields.size {
            // Both are at most the limit, so the sum cannot overflow.
            seriesByteCount += size
            guard seriesByteCount <= limits.seriesByteCount else {
                throw .damagedMetadata("the sizes of its instances come to more than \(limits.seriesByteCount) bytes")
            }
        }
        var planned = PlannedInstance(
            uid: fields.uid, byteCount: fields.size, checksum: fields.checksum, dataOffset: fields.dataOffset)
        let own = fields.place(below: &metadata.archiveURI, in: &planned)
        keptURIByteCount += own
        if keptURIByteCount > limits.uriByteCount { planned.uri = nil }
        planned.isWanted = selection.admits(instance: fields.uid) && attributes.matcher?.isMatch ?? true
        planned.path = paths?.path(of: fields.uid, values: attributes.matcher?.namedValues ?? [:])
        if isJudging, !hasAttributes { metadata.withoutAttributesCount += 1 }
        if selection.every > 1 { metadata.instanceNumbers.append(attributes.matcher?.instanceNumber) }
        metadata.instances.append(planned)
    }

    private var noObject: CodError {
        .damagedMetadata("what it says of the instance \(instance?.uid ?? "") is no object")
    }

    private var noChecksum: CodError {
        .damagedMetadata("the crc32c of the instance \(instance?.uid ?? "") is no text")
    }
}
