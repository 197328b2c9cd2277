import CodCore
import Testing

@testable import CodTransport

@Suite("Which token is used when")
struct TokenKeeperTests {
    private static func keeper(_ lifetime: Duration?) -> TokenKeeper {
        var keeper = TokenKeeper()
        keeper.received(IssuedToken(secret: Secret("a"), lifetime: lifetime), at: .seconds(1000))
        return keeper
    }

    @Test("Without one it is waited for")
    func none() { #expect(TokenKeeper().decision(at: .zero) == .renew) }

    @Test(
        "It is renewed beside its use in its last five minutes, and waited for in its last half minute; of short lives in parts",
        arguments: [
            (3600, 3299, 3300, 3569, 3570), (1200, 899, 900, 1169, 1170), (240, 179, 180, 209, 210), (80, 59, 60, 69, 70),
        ])
    func ages(lifetime: Int, lastUse: Int, firstRenewal: Int, lastRenewal: Int, firstWait: Int) {
        let keeper = Self.keeper(.seconds(lifetime))
        let secret = Secret("a")
        for (age, decision) in [
            (0, .use(secret)), (lastUse, .use(secret)), (firstRenewal, .useAndRenew(secret)), (lastRenewal, .useAndRenew(secret)),
            (firstWait, .renew), (1_000_000, .renew),
        ] as [(Int, TokenKeeper.Decision)] {
            #expect(keeper.decision(at: .seconds(1000 + age)) == decision, "\(age)")
        }
    }

    @Test("One that lives for no time is not used, one without an end always is")
    func extremes() {
        #expect(Self.keeper(.zero).decision(at: .seconds(1000)) == .renew)
        #expect(Self.keeper(nil).decision(at: .seconds(1_000_000_000)) == .use(Secret("a")))
    }

    @Test("After a renewal that failed there is a pause, which the token's end cuts short")
    func pause() {
        var keeper = Self.keeper(.seconds(3600))
        keeper.failed(at: .seconds(4400))
        #expect(keeper.decision(at: .seconds(4429)) == .use(Secret("a")))
        #expect(keeper.decision(at: .seconds(4430)) == .useAndRenew(Secret("a")))
        keeper.failed(at: .seconds(4569))
        #expect(keeper.decision(at: .seconds(4570)) == .renew)
    }

    @Test(
        "What a service answers is read with its time to live as a number or a text",
        arguments: [
            (#"{"access_token":"a","expires_in":3599,"token_type":"Bearer"}"#, 3599),
            (#"{"access_token":"a","expires_in":"60"}"#, 60),
            (#"{"access_token":"a"}"#, nil), (#"{"access_token":"a","expires_in":1e300}"#, 31_536_000),
        ] as [(String, Int?)])
    func answers(json: String, seconds: Int?) {
        #expect(
            IssuedToken(json: Array(json.utf8)) == IssuedToken(secret: Secret("a"), lifetime: seconds.map { .seconds($0) }))
    }

    @Test(
        "What is no token is none",
        arguments: [
            "", "{}", "[]", #"{"access_token":""}"#, #"{"access_token":"a b"}"#, #"{"access_token":1}"#,
            #"{"access_token":"a","token_type":"mac"}"#, #"{"access_token":"a","expires_in":-1}"#,
            #"{"access_token":"a","expires_in":"soon"}"#,
        ])
    func noTokens(json: String) { #expect(IssuedToken(json: Array(json.utf8)) == nil) }
}
