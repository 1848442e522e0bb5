import Base
import Glibc

/// A rotation of space, by its matrix.
package struct Rotation: Sendable, Equatable {
    package var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    package static let identity = Rotation(rows: (SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)))

    package init(rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)) { self.rows = rows }

    /// Rx(angles.x) · Ry(angles.y) · Rz(angles.z), radians.
    package init(angles: SIMD3<Double>) {
        let (sx, cx) = (sin(angles.x), cos(angles.x))
        let (sy, cy) = (sin(angles.y), cos(angles.y))
        let (sz, cz) = (sin(angles.z), cos(angles.z))
        rows = (
            SIMD3(cy * cz, -cy * sz, sy),
            SIMD3(cx * sz + sx * sy * cz, cx * cz - sx * sy * sz, -sx * cy),
            SIMD3(sx * sz - cx * sy * cz, sx * cz + cx * sy * sz, cx * cy)
        )
    }

    /// The turn by `vector.length` radians about `vector`. Source: Rodrigues' formula.
    init(vector: SIMD3<Double>) {
        let angle = vector.norm
        guard angle > 1e-12 else {
            self = .identity
            return
        }
        let (axis, s, c) = (vector / angle, sin(angle), cos(angle))
        func row(_ unit: SIMD3<Double>) -> SIMD3<Double> {
            // Rodrigues' matrix is the transpose of that of the opposite turn.
            unit * c + axis * ((1 - c) * unit.dot(axis)) + unit.cross(axis) * s
        }
        rows = (row(SIMD3(1, 0, 0)), row(SIMD3(0, 1, 0)), row(SIMD3(0, 0, 1)))
    }

    package static func == (one: Rotation, other: Rotation) -> Bool { one.rows == other.rows }

    /// The angles that `init(angles:)` takes; y within ±π/2.
    package var angles: SIMD3<Double> {
        SIMD3(atan2(-rows.1.z, rows.2.z), asin(max(-1, min(1, rows.0.z))), atan2(-rows.0.y, rows.0.x))
    }

    package func callAsFunction(_ p: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(rows.0.dot(p), rows.1.dot(p), rows.2.dot(p))
    }

    private var columns: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>) {
        (
            SIMD3(rows.0.x, rows.1.x, rows.2.x), SIMD3(rows.0.y, rows.1.y, rows.2.y),
            SIMD3(rows.0.z, rows.1.z, rows.2.z)
        )
    }

    /// `other` first, then this one.
    package func after(_ other: Rotation) -> Rotation {
        let columns = other.columns
        func row(_ r: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(r.dot(columns.0), r.dot(columns.1), r.dot(columns.2))
        }
        return Rotation(rows: (row(rows.0), row(rows.1), row(rows.2)))
    }

    /// The opposite rotation: the matrix is orthogonal.
    package var inverse: Rotation { Rotation(rows: columns) }

    /// The unit quaternion of the same rotation; its scalar `w` is not negative.
    package var quaternion: (x: Double, y: Double, z: Double, w: Double) {
        let (a, b, c) = rows
        // Four times the square of each component; the largest is the safest to divide by.
        let squares = [1 + a.x - b.y - c.z, 1 - a.x + b.y - c.z, 1 - a.x - b.y + c.z, 1 + a.x + b.y + c.z]
        let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 3
        let double = max(squares[largest], 1e-12).squareRoot()
        let (xy, xz, yz) = (a.y + b.x, a.z + c.x, b.z + c.y)
        let (wx, wy, wz) = (c.y - b.z, a.z - c.x, b.x - a.y)
        let sides = [[nil, xy, xz, wx], [xy, nil, yz, wy], [xz, yz, nil, wz], [wx, wy, wz, nil]][largest]
        let parts = sides.map { ($0.map { $0 / double } ?? double) / 2 }
        let sign = parts[3] < 0 ? -1.0 : 1.0
        return (sign * parts[0], sign * parts[1], sign * parts[2], sign * parts[3])
    }

    /// Angle of the turn that leads from one to the other, radians.
    package func angle(to other: Rotation) -> Double {
        let trace = rows.0.dot(other.rows.0) + rows.1.dot(other.rows.1) + rows.2.dot(other.rows.2)
        return acos(max(-1, min(1, (trace - 1) / 2)))
    }

    /// The rotation nearest to a matrix of two rows that need not be orthogonal; nil where they are parallel.
    init?(nearTo first: SIMD3<Double>, _ second: SIMD3<Double>) {
        let (a, b) = (first.norm, second.norm)
        guard a > 0, b > 0, a.isFinite, b.isFinite else { return nil }
        // What the rows are short of a right angle is shared by both.
        let (u, v) = (first / a, second / b)
        let (sum, difference) = (u + v, u - v)
        guard sum.norm > 1e-6, difference.norm > 1e-6 else { return nil }
        let (p, q) = (sum / sum.norm, difference / difference.norm)
        let (x, y) = ((p + q) / Double(2).squareRoot(), (p - q) / Double(2).squareRoot())
        rows = (x, y, x.cross(y))
    }
}

extension SIMD3<Double> {
    package func dot(_ other: SIMD3<Double>) -> Double { (self * other).sum() }

    package func cross(_ o: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x)
    }

    package var norm: Double { dot(self).squareRoot() }
}
