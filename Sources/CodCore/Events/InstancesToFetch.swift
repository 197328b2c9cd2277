/// The instances of a request that are still to fetch. Their addresses are made when somebody asks: there may be hundreds of thousands.
struct InstancesToFetch: Sendable, Hashable, Encodable {
    /// Those of one series.
    struct OfSeries: Sendable, Hashable {
        let archiveURI: String
        let instances: [PlannedInstance]
    }

    var series: [OfSeries] = []

    init() {}

    init(_ work: [SeriesWork]) {
        series = work.map { OfSeries(archiveURI: $0.plan.commonURI, instances: $0.missing) }
    }

    /// One after the other, in the plan's order.
    var addresses: some Sequence<String> {
        series.lazy.flatMap { series in series.instances.lazy.map { $0.uri(below: series.archiveURI) } }
    }

    /// A list of addresses.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for address in addresses { try container.encode(address) }
    }
}
