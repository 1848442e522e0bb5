import Base

/// Letters as pen strokes, drawn for this program: printable ASCII on a grid whose capitals are 12 units high.
///
/// y runs downwards: 0 top of capitals, 4 top of small letters, 12 the line they stand on, 16 the foot of "g".
enum StrokeFont {
    struct Glyph {
        /// Without the gap to the next letter.
        let width: Double
        let strokes: [[SIMD2<Double>]]
    }

    static let capitalHeight = 12.0
    static let gap = 3.2

    /// The glyph of a character; "?" where there is none.
    static func glyph(_ character: Character) -> Glyph { glyphs[character] ?? glyphs["?"]! }

    /// A line for each: the character, its width, its strokes as pairs of x and y in base 36. "~": a curve through the
    /// points, closed where the last is the first.
    private static let table = #"""
          5
        ! 0 0008 0c0c
        " 3 0003 3033
        # 8 301c 705c 0484 0888
        $ 8 ~8371401103154677897b4c1b09 404e
        % 8 ~2042240220 ~688a6c4a68 800c
        & 8 ~8c341230514417092b4c6b87
        ' 0 0003
        ( 2 ~20040a2e
        ) 2 ~00242a0e
        * 4 2127 0246 4206
        + 6 0868 353b
        , 1 1c0e
        - 4 0848
        . 0 0c0c
        / 6 0d60
        0 6 ~305164685b3c1b08041130
        1 6 13303c 1c5c
        2 6 ~0311305163560c 0c6c
        3 6 ~023051635536 1636 ~3657695b3c0a
        4 6 4c400868
        5 6 601006 ~063556685b3c0a
        6 6 ~51301206081b3c5b6856351608
        7 6 00602c
        8 6 ~305163553615031130 ~3657695b3c1b091736
        9 6 ~1b3c5a66645130110416375664
        : 0 0606 0c0c
        ; 1 1616 1c0e
        < 6 64086c
        = 6 0666 0a6a
        > 6 04680c
        ? 6 ~0211305163553739 3c3c
        @ a ~5577593755 ~778998a6925012061a5c8b
        A 8 0c408c 1878
        B 8 40000c4c ~4061736546 0646 ~4677897b4c
        C 8 ~83714012061a4c7b89
        D 8 30000c3c ~306184886b3c
        E 7 70000c7c 0656
        F 7 70000c 0656
        G 8 ~83714012061a4c7b8a 57878a
        H 8 000c 808c 0686
        I 4 0040 202c 0c4c
        J 6 6069 ~695b3c1b09
        K 8 000c 7007 348c
        L 7 000c7c
        M 8 0c0047808c
        N 8 0c008c80
        O 8 ~4072867a4c1a061240
        P 8 0c0040 ~4071837647 0747
        Q 8 ~4072867a4c1a061240 598d
        R 8 0c0040 ~4071837647 0747 478c
        S 8 ~8371401103154677897b4c1b09
        T 8 0080 404c
        U 8 0008 ~081b4c7b88 8880
        V 8 004c80
        W a 002c538ca0
        X 8 008c 800c
        Y 8 004680 464c
        Z 8 00800c8c
        [ 2 20000e2e
        \ 6 006d
        ] 2 00202e0e
        ^ 4 042144
        _ 6 0e6e
        ` 2 0023
        a 6 ~3455685b3c1b081534 646c
        b 6 ~3455685b3c1b081534 000c
        c 6 ~66553415081b3c5b6a
        d 6 ~3455685b3c1b081534 606c
        e 6 0868 ~68553415081b3c5b6a
        f 4 ~402113 131c 0444
        g 6 ~3455685b3c1b081534 646d ~6d5f3g1f
        h 6 000c ~0715345567 676c
        i 0 040c 0101
        j 2 242e ~2e1g0g 2121
        k 6 000c 5409 276c
        l 0 000c
        m a 040c ~0715344557 575c ~57658495a7 a7ac
        n 6 040c ~0715345567 676c
        o 6 ~3455685b3c1b081534
        p 6 040g ~3455685b3c1b081534
        q 6 646g ~3455685b3c1b081534
        r 4 040c ~07153444
        s 6 ~66553415061738596a5b3c1b0a
        t 4 111a ~1a2c4c 0444
        u 6 0409 ~091b3c5b69 646c
        v 6 043c64
        w 8 042c456c84
        x 6 046c 640c
        y 6 043c 642f
        z 6 04640c6c
        { 3 ~30111507191d3e
        | 0 000e
        } 3 ~00212537292d0e
        ~ 6 ~0917385967
        """#

    private static let glyphs: [Character: Glyph] = {
        var glyphs: [Character: Glyph] = [:]
        for line in table.split(separator: "\n") {
            let words = line.dropFirst().split(separator: " ")
            let width = Double(Int(words[0], radix: 36)!)
            glyphs[line.first!] = Glyph(width: width, strokes: words.dropFirst().map { stroke($0) })
        }
        return glyphs
    }()

    private static func stroke(_ word: Substring) -> [SIMD2<Double>] {
        let isCurve = word.first == "~"
        let digits = word.drop { $0 == "~" }.map { Double(Int(String($0), radix: 36)!) }
        let points = stride(from: 0, to: digits.count, by: 2).map { SIMD2(digits[$0], digits[$0 + 1]) }
        return isCurve ? curve(points) : points
    }

    /// A smooth curve through the points (Catmull and Rom's), as short straight pieces.
    private static func curve(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
        let (count, closed) = (points.count, points.first == points.last)
        func point(_ index: Int) -> SIMD2<Double> {
            if closed { return points[(index + count - 1) % (count - 1)] }
            return points[min(max(index, 0), count - 1)]
        }
        var curve = [points[0]]
        for index in 0..<(count - 1) {
            let (a, b, c, d) = (point(index - 1), point(index), point(index + 1), point(index + 2))
            for step in 1...6 {
                let t = Double(step) / 6
                let linear = (c - a) * t
                let square = (2 * a - 5 * b + 4 * c - d) * (t * t)
                let cube = (3 * b - a - 3 * c + d) * (t * t * t)
                curve.append(b + 0.5 * (linear + square + cube))
            }
        }
        return curve
    }
}

extension Canvas {
    /// Where text is put by its given point's x.
    package enum Alignment: Sendable { case left, centre, right }

    /// Width in pixels of a line of text whose capitals are `size` pixels high.
    package static func textWidth(_ text: String, size: Double) -> Double {
        let widths = text.map { StrokeFont.glyph($0).width + StrokeFont.gap }.reduce(0, +)
        return max(0, widths - StrokeFont.gap) * size / StrokeFont.capitalHeight
    }

    /// One line of text; `at` is the left, middle or right end of the line that it stands on, `size` the height of its
    /// capitals in pixels. A `halo` keeps it readable on any picture.
    package func text(
        _ text: String, at: Point, size: Double, align: Alignment = .left, weight: Double = 0.13, halo: Paint? = nil,
        _ paint: Paint
    ) {
        let shift =
            switch align {
            case .left: 0.0
            case .centre: Self.textWidth(text, size: size) / 2
            case .right: Self.textWidth(text, size: size)
            }
        let strokes = Self.strokes(text, at: at - Point(shift, 0), size: size)
        let width = max(1, size * weight)
        if let halo {
            for stroke in strokes { addStroke(stroke, closed: false, width: width + max(2, size * 0.25)) }
            lay(halo)
        }
        for stroke in strokes { addStroke(stroke, closed: false, width: width) }
        lay(paint)
    }

    /// Text on a plate with round corners whose lower left corner is `at`; gives the plate's size.
    @discardableResult package func label(
        _ text: String, at: Point, size: Double, _ paint: Paint, plate: Paint = .black.opacity(0.6)
    ) -> Point {
        let margin = size * 0.55
        let plateSize = Point(Self.textWidth(text, size: size) + 2 * margin, size + 2 * margin)
        let corner = at + Point(plateSize.x, -plateSize.y)
        fillRectangle(from: at, to: corner, cornerRadius: size * 0.4, plate)
        self.text(text, at: at + Point(margin, -margin), size: size, paint)
        return plateSize
    }

    private static func strokes(_ text: String, at: Point, size: Double) -> [[Point]] {
        let unit = size / StrokeFont.capitalHeight
        var (strokes, x) = ([[Point]](), 0.0)
        for character in text {
            let glyph = StrokeFont.glyph(character)
            strokes += glyph.strokes.map { stroke in
                stroke.map { at + ($0 + Point(x, -StrokeFont.capitalHeight)) * unit }
            }
            x += glyph.width + StrokeFont.gap
        }
        return strokes
    }
}
