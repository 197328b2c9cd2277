/// The version of this package.
public enum CodVersion {
    /// Major, minor and patch number, such as `0.1.0`.
    public static let current = "0.1.0"
}
