import CodCore

extension SinkTrial {
    func expect(_ condition: Bool, _ finding: @autoclosure () -> String) throws {
        if !condition { throw SinkConformanceViolation(check: check, finding: finding()) }
    }

    func expectSaved(_ instances: [Instance], in result: SavedSeries) throws {
        let saved = result.instances.map(\.instance.uid)
        try expect(
            saved == instances.map(\.uid),
            "it answered that it saved \(saved), and not \(instances.map(\.uid)); \(result.failures)")
        try expect(result.instances.allSatisfy { !$0.isEarlier }, "it took an instance for one that was saved earlier")
    }

    func expectPublished(_ instances: [Instance]) async throws {
        for instance in instances {
            let bytes = try await readBack(sink, instance)
            try expect(bytes != nil, "\(instance.path) is not to be found")
            try expect(bytes == Self.bytes(of: instance), "\(instance.path) has other bytes than were saved")
        }
    }

    func expectNotPublished(_ instance: Instance) async throws {
        let bytes = try await readBack(sink, instance)
        try expect(bytes == nil, "\(instance.path) was published with \(bytes?.count ?? 0) bytes")
    }
}
