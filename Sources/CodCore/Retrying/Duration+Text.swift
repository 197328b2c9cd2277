extension Duration {
    /// In seconds with one digit behind the point, to be read by people: `0.1 s`.
    package var inSeconds: String {
        let tenths = (self / .milliseconds(100)).rounded()
        return "\(tenths / 10) s"
    }
}
