import CodBenchKit
import CodTesting

/// Reading and checking what a download left, beside reading it.
struct VerifyScenario: TimedScenario {
    let key = "verify"
    let title = "verify a downloaded study, instances of 526 kB, beside reading its files"
    let load = Load.megabytes(1074)
    let goals = [Goal.speedOfRoofline(atLeast: 0.8)]

    func contenders(_ load: Load, in workshop: Workshop) async throws -> [Contender] {
        let shape = StoreShape.holding(load.byteCount, instanceByteCount: 526_000)
        let store = try workshop.store(shape)
        let byteCount = store.byteCount
        let (cod, saved) = (workshop.cod, workshop.newName("saved"))
        try await ChildProcess([cod, "download", store.studiesParentFolder, "-o", saved, "-q"]).run()
            .requireSuccess(of: "cod download")
        func reading(_ name: String, processCount: Int, role: TimedRow.Role) -> Contender {
            Contender(name: name, role: role, byteCount: byteCount) { _ in
                let files = "find '\(saved)' -name '*.dcm' -print0"
                return try await ChildProcess(shell: "\(files) | xargs -0 -n 64 -P \(processCount) cat > /dev/null").run()
            }
        }
        return [
            Contender(name: "cod verify", role: .ours, byteCount: byteCount) { _ in
                try await ChildProcess([cod, "verify", saved, "-q"]).run()
            },
            reading("cat > /dev/null, two processes", processCount: 2, role: .roofline),
            reading("cat > /dev/null, one process", processCount: 1, role: .other),
        ]
    }
}
