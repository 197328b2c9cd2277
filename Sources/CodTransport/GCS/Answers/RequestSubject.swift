import CodCore

/// What a request is about, as messages name it.
struct RequestSubject: Sendable {
    enum Kind: Sendable {
        case object
        case study(String)
        case bucket
    }

    let kind: Kind
    /// Such as `gs://bucket/prefix/studies/1.2.3/series/4.5.tar`.
    let displayName: String
    /// The series an object belongs to, where its name tells.
    let series: SeriesID?

    init(kind: Kind, displayName: String, series: SeriesID? = nil) {
        self.kind = kind
        self.displayName = displayName
        self.series = series
    }

    /// How much is lost when it is not to be had.
    var reach: CodError.Reach {
        switch kind {
        case .object: .series
        case .study: .study
        case .bucket: .job
        }
    }

    /// Fills in what is known of the place.
    func locate(_ error: CodError) -> CodError {
        var error = series.map { error.located(in: $0) } ?? error
        if case .study(let uid) = kind { error.study = error.study ?? uid }
        return error
    }
}

extension SeriesID {
    /// The series of a path below a store's prefix: `studies/<study>/series/<series>…`.
    init?(objectPath: some StringProtocol) {
        let parts = objectPath.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[0] == "studies", parts[2] == "series" else { return nil }
        let series = parts.count == 4 && parts[3].hasSuffix(".tar") ? parts[3].dropLast(4) : parts[3]
        self.init(study: String(parts[1]), series: String(series))
    }
}
