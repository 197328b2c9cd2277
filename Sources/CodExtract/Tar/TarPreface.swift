/// A header whose body says something of the entry that follows.
enum TarPreface {
    /// PAX `x`, and Solaris' `X`: attributes of the next entry.
    case extended
    /// PAX `g`: attributes of all that follow.
    case global
    /// GNU `L`: the name of the next entry.
    case longName
    /// GNU `K`: where the next entry, a link, leads.
    case longLink

    init?(type: UInt8) {
        switch type {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): self = .extended
        case UInt8(ascii: "g"): self = .global
        case UInt8(ascii: "L"): self = .longName
        case UInt8(ascii: "K"): self = .longLink
        default: return nil
        }
    }

    /// How many prefaces an entry may have. Writers need four at most.
    static let maximumCount = 64

    /// The longest body that is taken: it is held in memory.
    var maximumByteCount: Int64 {
        switch self {
        case .extended, .global: 1 << 20
        case .longName, .longLink: 64 << 10
        }
    }

    /// For messages.
    var title: String {
        switch self {
        case .extended: "PAX header"
        case .global: "global PAX header"
        case .longName: "GNU long name"
        case .longLink: "GNU long link"
        }
    }
}
