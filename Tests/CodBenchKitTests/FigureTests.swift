import CodBenchKit
import Testing

@Suite("Figures and goals")
struct FigureTests {
    @Test(
        "A spread is the median and the ends, in whatever order values come",
        arguments: [
            ([3.0, 1, 2], 2.0, 1.0, 3.0), ([4, 1, 3, 2], 3, 1, 4), ([7], 7, 7, 7), ([], 0, 0, 0),
        ])
    func spread(values: [Double], median: Double, minimum: Double, maximum: Double) {
        let spread = Spread(values)
        #expect(spread.median == median)
        #expect(spread.minimum == minimum)
        #expect(spread.maximum == maximum)
    }

    @Test("Ratios are taken round by round, not of medians")
    func ratioByRounds() {
        let ours = row("ours", .ours, wall: [1, 10, 2])
        let other = row("other", .peer, wall: [2, 20, 1])
        let ratio = ours.ratio(of: \.wallSeconds, to: other)
        #expect(ratio.median == 0.5)
        #expect(ratio.minimum == 0.5)
        #expect(ratio.maximum == 2)
    }

    private let rows = [
        row("ours", .ours, wall: [1, 1, 1], cpu: [0.5, 0.5, 0.5]),
        row("floor", .roofline, wall: [0.8, 0.8, 0.8]),
        row("slow peer", .peer, wall: [4, 4, 4], cpu: [1, 1, 1]),
        row("fast peer", .peer, wall: [2, 2, 2], cpu: [2, 2, 2]),
        row("faster, but no peer", .other, wall: [0.1, 0.1, 0.1]),
    ]

    @Test("The faster peer is what counts, for wall and CPU time; others do not")
    func fastestPeer() throws {
        let wall = try #require(Goal.wallOfFastestPeer(atMost: 0.55).figure(rows))
        #expect(wall.name == "wall time ÷ fast peer")
        #expect(wall.value.median == 0.5)
        #expect(wall.isReached == true)
        let cpu = try #require(Goal.cpuOfFastestPeer(atMost: 0.2).figure(rows))
        #expect(cpu.value.median == 0.25)
        #expect(cpu.isReached == false)
        let free = try #require(Goal.wallOfFastestPeer(atMost: nil).figure(rows))
        #expect(free.isReached == nil)
    }

    @Test("A speed is compared the other way round than a time")
    func roofline() throws {
        let speed = try #require(Goal.speedOfRoofline(atLeast: 0.8).figure(rows))
        #expect(speed.value.median == 0.8)
        #expect(speed.isReached == true)
        let wall = try #require(Goal.wallOfRoofline(atMost: 1.2).figure(rows))
        #expect(wall.value.median == 1.25)
        #expect(wall.isReached == false)
    }

    @Test("What goes beyond the roofline is divided among the entries")
    func overhead() throws {
        let figure = try #require(Goal.secondsBeyondRoofline(entryCount: 1000, atMost: 0.001).figure(rows))
        #expect(abs(figure.value.median - 0.0002) < 1e-12)
        #expect(figure.isReached == true)
    }

    @Test("Without anybody to compare with there is no figure")
    func nobody() {
        let alone = [rows[0]]
        #expect(Goal.wallOfFastestPeer(atMost: 1).figure(alone) == nil)
        #expect(Goal.speedOfRoofline(atLeast: 1).figure(alone) == nil)
        #expect(Goal.seconds(atMost: 2).figure(alone)?.isReached == true)
        #expect(Goal.seconds(atMost: 2).figure([rows[2]]) == nil)
    }

    @Test("The share of a target is below 1 where it is reached, whichever way it points")
    func share() {
        #expect(Figure("", Spread(0.45), .ratio, target: .atMost(0.9)).shareOfTarget == 0.5)
        #expect(Figure("", Spread(1.8), .ratio, target: .atLeast(0.9)).shareOfTarget == 0.5)
        #expect(Figure("", Spread(0.45), .ratio, target: .atLeast(0.9)).shareOfTarget == 2)
        #expect(Figure("", Spread(0.7), .ratio).shareOfTarget == 0.7)
        #expect(Figure("", 7, .bytes).shareOfTarget == nil)
        #expect(Figure("", Spread(0), .ratio, target: .atLeast(0.9)).shareOfTarget == nil)
    }

    @Test("A curve of memory compares the halves, however long the run was", arguments: [8, 4095, 4096, 100_000])
    func memoryCurve(count: Int) throws {
        var curve = MemoryCurve()
        curve.add(residentByteCount: 0, peakByteCount: 0)
        for point in 0..<count {
            curve.add(residentByteCount: point < count / 2 ? 100 : 150, peakByteCount: 170)
        }
        #expect(curve.peakByteCount == 170)
        #expect(curve.growth == 1.5)
    }

    @Test("Too few looks say nothing of growth")
    func shortCurve() {
        var curve = MemoryCurve()
        for _ in 0..<7 { curve.add(residentByteCount: 5, peakByteCount: 5) }
        #expect(curve.growth == nil)
    }
}
