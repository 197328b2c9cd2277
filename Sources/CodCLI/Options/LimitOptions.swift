import ArgumentParser
import CodCore
import CodTransport

/// How much is fetched at most: in a second, and in all.
struct LimitOptions: ParsableArguments {
    /// A lower rate was most likely to be another: `20` for `20M`.
    private static let leastRate: Int64 = 1000

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Bytes (not bits) of archives a second at most, all connections together: 20M, 500k, 1.5Mi.", valueName: "rate"))
    var limitRate: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Fetch no more than so many bytes of archives: 50G, 500Mi. What is left is for the next run; the exit code is 1 then.",
            valueName: "size"))
    var maxBytes: String?

    func validate() throws {
        if let limitRate {
            guard let rate = ByteAmount(limitRate) else {
                throw ValidationError(
                    "--limit-rate is \"\(limitRate)\"; give bytes a second, like 20M, 500k or 1.5Mi (decimal, but for Ki, Mi, Gi)."
                )
            }
            guard rate.byteCount >= Self.leastRate else {
                throw ValidationError(
                    "--limit-rate is \"\(limitRate)\", \(Amount.bytes(rate.byteCount)) a second; give 1k at least, 20M say.")
            }
        }
        if let maxBytes, ByteAmount(maxBytes) == nil {
            throw ValidationError(
                "--max-bytes is \"\(maxBytes)\"; give bytes, like 50G, 500M or 1.5Gi (decimal, but for Ki, Mi, Gi).")
        }
    }

    /// Bytes a second; `nil`: as many as can.
    var rate: Int64? { limitRate.flatMap(ByteAmount.init)?.byteCount }

    /// Bytes of archives in the run; `nil`: as many as there are.
    var byteCount: Int64? { maxBytes.flatMap(ByteAmount.init)?.byteCount }
}
