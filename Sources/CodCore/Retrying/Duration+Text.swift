extension Duration {
    /// In seconds with one digit behind the point, to be read by people: `0.1 seconds`.
    package var inSeconds: String { "\((self / .milliseconds(100)).rounded() / 10) seconds" }
}
