import CodTesting

/// Writes a made-up study into a folder, as a bucket would hold it, and answers its identifier.
func makeStore(in folder: String) throws -> String {
    let study = try SyntheticStudy(seed: 1, seriesCount: 2, instancesPerSeries: 16, rows: 128, columns: 128)
    try study.write(to: StoreWriter(folder: folder))
    return study.uid
}
