import CodTesting

/// Writes a made-up study into a folder, as a bucket would hold it, and answers its identifier.
func makeStore(in folder: String) throws -> String {
    let study = try SyntheticStudy(
        seed: 1, seriesCount: 2, instancesPerSeries: 16, rows: 128, columns: 128, cineFrameCount: 8)
    try study.write(to: StoreWriter(folder: folder))
    return study.uid
}

/// Serves the folder to this machine alone, the way Google Cloud Storage serves a bucket.
func serveStore(in folder: String) async throws -> LoopbackStore {
    let store = try LoopbackStore(bucketName: "sample", folder: folder, prefix: "dicomweb")
    try await store.start()
    return store
}
