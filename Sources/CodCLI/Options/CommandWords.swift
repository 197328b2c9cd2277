/// What of a command line can be told before it is parsed: the command, the flags that are given, and where the source stands.
struct CommandWords {
    let arguments: [String]
    /// Where the command's name stands; `nil` where there is none.
    let commandPosition: Int?
    /// The long names of the flags that are given.
    private(set) var given: Set<String> = []
    /// Where the first argument that is no flag stands.
    private(set) var sourcePosition: Int?
    /// What follows `--profile`.
    private(set) var profile: String?
    /// Whether help is asked for, or a version.
    private(set) var asksForHelp = false

    init(_ arguments: [String]) {
        self.arguments = arguments
        commandPosition = arguments.firstIndex { !$0.hasPrefix("-") }
        let flags = commandPosition.flatMap { EnvironmentFlags.flags[arguments[$0]] } ?? [:]
        var position = (commandPosition ?? arguments.count) + 1
        var isBehindFlags = false
        while position < arguments.count {
            let argument = arguments[position]
            if isBehindFlags || !argument.hasPrefix("-") || argument == "-" {
                sourcePosition = sourcePosition ?? position
            } else if argument == "--" {
                isBehindFlags = true
            } else if argument.hasPrefix("--") {
                let name = String(argument.dropFirst(2).prefix { $0 != "=" })
                let value = argument.contains("=") ? argument.dropFirst(name.count + 3).description : nil
                note(name, takesNext: flags[name].map { $0 != .flag } ?? false && value == nil, value: value, &position)
            } else {
                noteShort(argument.dropFirst(), flags, &position)
            }
            position += 1
        }
    }

    /// The command's name.
    var command: String? { commandPosition.map { arguments[$0] } }

    /// The source as it is given, where the command takes one.
    var source: String? {
        guard let command, EnvironmentFlags.flags[command]?["studies-from"] != nil else { return nil }
        return sourcePosition.map { arguments[$0] }
    }

    /// The profile that stands for the source: `@NAME`.
    var sourceProfile: String? { source.flatMap { $0.hasPrefix("@") ? String($0.dropFirst()) : nil } }

    private mutating func note(_ name: String, takesNext: Bool, value: String?, _ position: inout Int) {
        given.insert(name)
        if name == "help" || name == "version" { asksForHelp = true }
        var value = value
        if takesNext, position + 1 < arguments.count {
            position += 1
            value = arguments[position]
        }
        if name == "profile" { profile = value }
    }

    /// Letters behind one minus: flags without a value, and at last perhaps one with its value.
    private mutating func noteShort(_ letters: Substring, _ flags: [String: EnvironmentFlags.Kind], _ position: inout Int) {
        for (offset, letter) in letters.enumerated() {
            if letter == "h" { asksForHelp = true }
            guard let name = EnvironmentFlags.shortNames[String(letter)] else { continue }
            let takesValue = flags[name].map { $0 != .flag } ?? false
            note(name, takesNext: takesValue && offset + 1 == letters.count, value: nil, &position)
            if takesValue { return }
        }
    }
}
