/// The cause of an error that asks for less: the store has more to do than it can (429, 503), and fewer requests at a time help.
package struct StoreIsBusy: Error {
    package init() {}
}
