import Testing

@testable import CodTransport

@Suite("The list of hosts without a proxy")
struct ProxyExceptionTests {
    @Test(
        "Names, addresses and blocks of them are found in the list, with the port where one is given",
        arguments: [
            ("example.com", "example.com", 443, true), ("example.com", "a.example.com", 443, true),
            ("example.com", "badexample.com", 443, false), ("example.com", "com", 443, false),
            (".example.com", "a.b.example.com", 443, true), (".example.com", "example.com", 443, true),
            ("*.example.com", "a.example.com", 443, true), (".example.com", "badexample.com", 443, false),
            ("EXAMPLE.com", "a.Example.COM", 443, true), ("example.com.", "example.com", 443, true),
            ("example.com", "example.com.", 443, true), ("example.com:443", "example.com", 443, true),
            ("example.com:443", "a.example.com", 443, true), ("example.com:443", "example.com", 80, false),
            ("a,b , c d\te", "d", 1, true), ("a,b , c d\te", "e", 1, true), ("a,,b", "c", 1, false), ("*", "anything", 1, true),
            ("x, *", "anything", 1, true), ("", "a", 1, false), (",. ,*.", "a", 1, false),
            ("10.0.0.0/8", "10.255.1.2", 443, true), ("10.0.0.0/8", "11.0.0.1", 443, false),
            ("192.168.1.128/25", "192.168.1.129", 1, true), ("192.168.1.128/25", "192.168.1.127", 1, false),
            ("10.0.0.7", "10.0.0.7", 443, true), ("10.0.0.7:80", "10.0.0.7", 443, false), ("10.0.0.7:80", "10.0.0.7", 80, true),
            ("0.7", "10.0.0.7", 443, false), ("0.0.0.0/0", "8.8.8.8", 1, true), ("0.0.0.0/0", "name", 1, false),
            ("10.0.0.0/33", "10.0.0.1", 1, false), ("10.0.0.0/x", "10.0.0.1", 1, false), ("10.0.0/8", "10.0.0.1", 1, false),
            ("fd00::/8", "fd12::1", 443, true), ("fd00::/8", "fe80::1", 443, false), ("[fd00::1]", "fd00::1", 1, true),
            ("[fd00::1]:443", "fd00::1", 443, true), ("[fd00::1]:443", "fd00::1", 80, false), ("fd00::1", "fd00:0::0:1", 1, true),
            ("[fd00::]/8", "fd12::1", 1, true), ("::ffff:10.0.0.7", "10.0.0.7", 1, true), ("::/0", "10.0.0.7", 1, false),
            ("[fd00::1", "fd00::1", 1, false), ("example.com:0", "example.com", 443, false),
            ("example.com:99999", "example.com", 443, false),
        ])
    func matching(list: String, host: String, port: Int, isFound: Bool) {
        #expect(ProxyExceptions(list).contains(host: host, port: port) == isFound)
    }

    @Test(
        "IP addresses are read in every form, and nothing else is one",
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4]), ("255.255.255.255", [255, 255, 255, 255]), ("0.0.0.0", [0, 0, 0, 0]),
            ("256.1.1.1", nil), ("1.2.3", nil), ("1.2.3.4.5", nil), ("1.2.3.04", nil), ("1.2.3.+4", nil), ("1..3.4", nil),
            ("", nil),
            ("name", nil), ("::", Array(repeating: 0, count: 16)), ("::1", Array(repeating: 0, count: 15) + [1]),
            ("1::", [0, 1] + Array(repeating: 0, count: 14)), ("::ffff:1.2.3.4", [1, 2, 3, 4]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
            ("1:2:3:4:5:6:1.2.3.4", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 1, 2, 3, 4]),
            ("1:2:3:4:5:6:7", nil), ("1:2:3:4:5:6:7:8:9", nil), ("1::2::3", nil), ("1:2:3:4::5:6:7:8", nil), (":1", nil),
            ("1:", nil),
            ("12345::", nil), ("g::", nil), ("::1%eth0", nil), (":::", nil), ("1.2.3.4::", nil), ("+1::", nil),
        ] as [(String, [UInt8]?)])
    func addresses(text: String, bytes: [UInt8]?) {
        #expect(IPAddress(text)?.bytes == bytes)
    }

    @Test("Of a block, as many bits count as it says", arguments: 0...32)
    func blocks(bitCount: Int) throws {
        let network = try #require(IPAddress("170.85.204.51"))
        for flipped in 0..<32 {
            var value: UInt32 = 0xAA55_CC33 ^ (1 << (31 - UInt32(flipped)))
            var parts: [String] = []
            for _ in 0..<4 {
                parts.append("\(value >> 24)")
                value <<= 8
            }
            let address = try #require(IPAddress(parts.joined(separator: ".")))
            #expect(address.isWithin(network, bitCount: bitCount) == (flipped >= bitCount))
        }
    }
}
