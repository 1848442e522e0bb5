extension LandmarkScheme {
    /// 300-W, 68 points (index from 0).
    package static let ibug68 = LandmarkScheme(
        name: "ibug68", count: 68,
        mirror: mirrorMap(
            68,
            flips: [0...16, 17...26, 31...35, 48...54, 55...59, 60...64, 65...67],
            pairs: [(36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)]),
        regions: [
            .jaw: Array(0..<17), .brows: Array(17..<27), .nose: Array(27..<36), .eyes: Array(36..<48),
            .mouth: Array(48..<68),
        ],
        normalizer: (36, 45), eyes: (36..<42, 42..<48),
        lines: lines(open: [0...16, 17...21, 22...26, 27...30, 31...35], closed: [36...41, 42...47, 48...59, 60...67])
    )

    /// WFLW, 98 points.
    package static let wflw98 = LandmarkScheme(
        name: "wflw98", count: 98,
        mirror: mirrorMap(
            98,
            flips: [0...32, 55...59, 76...82, 83...87, 88...92, 93...95, 96...97],
            pairs: [
                (33, 46), (34, 45), (35, 44), (36, 43), (37, 42), (38, 50), (39, 49), (40, 48), (41, 47),
                (60, 72), (61, 71), (62, 70), (63, 69), (64, 68), (65, 75), (66, 74), (67, 73),
            ]),
        regions: [
            .jaw: Array(0..<33), .brows: Array(33..<51), .nose: Array(51..<60),
            .eyes: Array(60..<76) + [96, 97], .mouth: Array(76..<96),
        ],
        normalizer: (60, 72), eyes: (60..<68, 68..<76),
        lines: lines(
            open: [0...32, 51...54, 55...59], closed: [33...41, 42...50, 60...67, 68...75, 76...87, 88...95]))

    /// The older order of FG-NET, also 68 points, but not those of 300-W.
    package static let fgnet68 = LandmarkScheme(
        name: "fgnet68", count: 68,
        mirror: mirrorMap(
            68,
            flips: [0...14, 37...45, 46...47, 48...54, 55...59, 60...62, 63...65],
            pairs: (15...20).map { ($0, $0 + 6) } + (27...31).map { ($0, $0 + 5) }),
        regions: [
            .jaw: Array(0..<15), .brows: Array(15..<27), .nose: Array(37..<48) + [67], .eyes: Array(27..<37),
            .mouth: Array(48..<67),
        ],
        normalizer: (27, 32), eyes: (27..<32, 32..<37))

    /// HELEN's own 194 points. Which eye comes first is stated nowhere, so it has no roll, no normalizer and no mirror map.
    package static let helen194 = LandmarkScheme(
        name: "helen194", count: 194,
        regions: [
            .jaw: Array(0..<41), .nose: Array(41..<58), .mouth: Array(58..<114), .eyes: Array(114..<154),
            .brows: Array(154..<194),
        ])

    /// The scheme of that name as in `name`, or as our tables call it: "68", "98", "194", "fgnet68". Any other number, or word that
    /// ends with one ("webmorph189"), gives a scheme of so many points without mirror map. Nil where it is no scheme.
    package static func named(_ name: String) -> LandmarkScheme? {
        switch name {
        case "68", "ibug68": return ibug68
        case "98", "wflw98": return wflw98
        case "194", "helen194": return helen194
        case "fgnet68": return fgnet68
        default:
            let word = name.prefix { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "-") }
            let digits = name.dropFirst(word.count)
            guard digits.allSatisfy({ "0"..."9" ~= $0 }), let count = Int(digits), 1...1000 ~= count else { return nil }
            let isNamed = !word.isEmpty && word != "points"
            return LandmarkScheme(name: isNamed ? name : "points\(count)", count: count)
        }
    }

    private static func lines(open: [ClosedRange<Int>], closed: [ClosedRange<Int>]) -> [[Int]] {
        open.map(Array.init) + closed.map { Array($0) + [$0.lowerBound] }
    }

    /// Runs that reverse their order when the picture is flipped, pairs that change places; the rest stay.
    private static func mirrorMap(_ count: Int, flips: [ClosedRange<Int>], pairs: [(Int, Int)]) -> [Int] {
        var map = Array(0..<count)
        for run in flips { for i in run { map[i] = run.lowerBound + run.upperBound - i } }
        for (one, other) in pairs { (map[one], map[other]) = (other, one) }
        return map
    }
}
