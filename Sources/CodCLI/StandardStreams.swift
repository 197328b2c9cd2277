import CCodSystem

/// Standard input, output and error, as a parent may have closed them.
enum StandardStreams {
    /// Puts the null device where one is closed: else the first socket or file that is opened would get its number, and what is
    /// printed would go there.
    static func open() {
        cod_open_standard_streams()
    }
}
