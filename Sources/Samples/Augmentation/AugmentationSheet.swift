import Base

/// A picture of many samples with their landmarks, to look at what training sees.
package struct AugmentationSheet {
    package var columns: Int
    package var rows: Int
    /// Each crop's pixel becomes a square of this many.
    package var enlargement: Int

    package init(columns: Int = 8, rows: Int = 6, enlargement: Int = 2) {
        precondition(
            columns > 0 && rows > 0 && enlargement > 0, "sheet of \(columns)×\(rows), enlarged \(enlargement)×")
        (self.columns, self.rows, self.enlargement) = (columns, rows, enlargement)
    }

    /// Samples `first`, `first` + 1, … row by row. True landmarks are green, those of the prior red; a crop without a
    /// face has a red frame.
    package func draw(_ source: any SampleSource, first: UInt64 = 0) -> PixelBuffer {
        let cell = source.side * enlargement + 2
        let sheet = PixelBuffer(width: columns * cell, height: rows * cell, chromaShift: (0, 0))
        let generator = source.makeGenerator()
        var crop = [Float](repeating: 0, count: source.side * source.side * source.channels)
        for index in 0..<(columns * rows) {
            let labels = crop.withUnsafeMutableBufferPointer {
                generator.makeSample(index: first + UInt64(index), into: $0)
            }
            let corner = (x: index % columns * cell + 1, y: index / columns * cell + 1)
            let tile = Tile(sheet: sheet, corner: corner, side: source.side * enlargement)
            tile.paint(crop, side: source.side, channels: source.channels)
            tile.mark(labels.prior ?? [], .red)
            tile.mark(labels.truth, .green)
            if !labels.presence { tile.frame(.red) }
        }
        return sheet
    }
}

/// Full-range Y, Cb, Cr.
private struct Ink {
    let y: UInt8
    let cb: UInt8
    let cr: UInt8
    static let red = Ink(y: 90, cb: 100, cr: 230)
    static let green = Ink(y: 190, cb: 40, cr: 40)
}

/// One sample's square of the sheet.
private struct Tile {
    let sheet: PixelBuffer
    let corner: (x: Int, y: Int)
    let side: Int

    func paint(_ crop: [Float], side small: Int, channels: Int) {
        let factor = side / small
        for j in 0..<side {
            for i in 0..<side {
                let at = (j / factor * small + i / factor) * channels
                let y = level(crop[at], middle: 127.5)
                let color = channels == 3 ? (crop[at + 1], crop[at + 2]) : (0, 0)
                set(i, j, Ink(y: y, cb: level(color.0, middle: 128), cr: level(color.1, middle: 128)))
            }
        }
    }

    /// Dots of 2 × 2 pixels around the points, which are in crop units.
    func mark(_ points: [Point], _ ink: Ink) {
        for point in points {
            let (x, y) = (Int((point.x * Double(side)).rounded()), Int((point.y * Double(side)).rounded()))
            for (i, j) in [(x - 1, y - 1), (x, y - 1), (x - 1, y), (x, y)] { set(i, j, ink) }
        }
    }

    func frame(_ ink: Ink) {
        for k in 0..<side { for (i, j) in [(k, 0), (k, side - 1), (0, k), (side - 1, k)] { set(i, j, ink) } }
    }

    private func set(_ i: Int, _ j: Int, _ ink: Ink) {
        guard 0..<side ~= i, 0..<side ~= j else { return }
        let at = (corner.y + j) * sheet.width + corner.x + i
        (sheet.plane(0)[at], sheet.plane(1)[at], sheet.plane(2)[at]) = (ink.y, ink.cb, ink.cr)
    }

    private func level(_ value: Float, middle: Float) -> UInt8 {
        UInt8(max(0, min(255, (value * 127.5 + middle).rounded())))
    }
}
