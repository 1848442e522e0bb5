import Base

extension Orientation {
    /// From a display matrix: 9 numbers, rows of (stored x, stored y, shift) to (shown x, shown y); nearest quarter turn.
    init(displayMatrix matrix: UnsafePointer<Int32>) {
        let (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
        let mirrored = a * d - b * c < 0
        // Where stored "right" points to once shown; a mirrored picture had its left there.
        let (right, down) = mirrored ? (-a, -b) : (a, b)
        let turns = abs(right) >= abs(down) ? (right >= 0 ? 0 : 2) : (down >= 0 ? 1 : 3)
        self.init(quarterTurns: turns, mirrored: mirrored)
    }

    /// The other way; without shifts, which players work out themselves.
    var displayMatrix: [Int32] {
        let one: Int32 = 1 << 16
        let (right, down): (Int32, Int32) = [(one, 0), (0, one), (-one, 0), (0, -one)][quarterTurns]
        let flip: Int32 = mirrored ? -1 : 1
        return [right * flip, down * flip, 0, -down, right, 0, 0, 0, 1 << 30]
    }
}
