import CodCore

extension ObjectStore {
    /// A whole object as a portion: the bytes of a stream have to come from one, those of a metadata.json as well.
    func portion(of object: StoredObject) -> Portion {
        let archive = Archive(
            series: SeriesID(study: "", series: ""), url: url(of: object.name), objectName: object.name,
            byteCount: object.byteCount, generation: object.generation)
        return Portion(archive: archive, byteRange: object.byteCount.map { 0..<max($0, 0) }, instances: [])
    }
}
