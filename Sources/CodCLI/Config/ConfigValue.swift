/// A value in a configuration file, as TOML tells them apart.
enum ConfigValue: Equatable {
    /// A text, or a date as it is written.
    case text(String)
    case integer(Int)
    case number(Double)
    case truth(Bool)
    case list([ConfigValue])
    case table

    /// What it is called in messages.
    var kind: String {
        switch self {
        case .text: "a text"
        case .integer, .number: "a number"
        case .truth(let value): value ? "true" : "false"
        case .list: "a list"
        case .table: "a table"
        }
    }
}
