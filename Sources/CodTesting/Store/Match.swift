extension LoopbackStore {
    /// Which requests a script is for.
    public struct Match: Sendable {
        let holds: @Sendable (Request) -> Bool

        /// Requests that `holds` says yes to; it is called once a request, and sees no status yet.
        public static func requests(where holds: @escaping @Sendable (Request) -> Bool) -> Match { Match(holds: holds) }

        /// Every request.
        public static var any: Match { Match { _ in true } }
        /// Pages of listings.
        public static var list: Match { Match { $0.kind == .list } }
        /// Reads of the bytes of any object.
        public static var media: Match { Match { $0.kind == .media } }
        /// Reads of one object: its bytes or its metadata.
        public static func object(name: String) -> Match { Match { $0.objectName == name } }
        /// Reads of objects whose names end so: bytes or metadata.
        public static func object(suffix: String) -> Match { Match { $0.objectName?.hasSuffix(suffix) == true } }
    }
}
