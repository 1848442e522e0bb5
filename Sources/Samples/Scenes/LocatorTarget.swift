import Base
import FaceTracking
import Glibc

/// The locator's target for a scene, cell by cell.
package struct LocatorTarget: Sendable {
    /// 1 in the cell of a face's centre, less around it, 0 where there is no face; NaN where the cell is ignored.
    package private(set) var heat: [Float]
    /// Weight of a cell's numbers; the cells of a face sum to 1.
    package private(set) var weight: [Float]
    /// Five numbers of each cell that counts, as `LocatorConfiguration.outputs` says.
    package private(set) var numbers: [Float]
    /// Crops of the target faces, in pixels of the scene.
    package private(set) var crops: [SimilarityMap] = []
    package var faces: Int { crops.count }
    package let rows: Int
    package let columns: Int

    package init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        heat = [Float](repeating: 0, count: rows * columns)
        weight = heat
        numbers = [Float](repeating: 0, count: 5 * rows * columns)
    }

    package mutating func clear() {
        for cell in heat.indices { (heat[cell], weight[cell]) = (0, 0) }
        crops.removeAll(keepingCapacity: true)
    }

    /// Adds a target face with this crop in the scene (pixels). Its centre lies in the scene.
    ///
    /// The heat falls off like a Gaussian that is wider for larger faces. Source: Zhou et al. 2019, section 3; here with a deviation of
    /// a fourteenth of the crop's side.
    package mutating func add(_ crop: SimilarityMap) {
        let centre = place(crop)
        let (column, row) = (Int(centre.x), Int(centre.y))
        guard heat.indices.contains(row * columns + column), 0..<columns ~= column else { return }
        crops.append(crop)
        let deviation = max(0.45, crop.scale / Double(LocatorConfiguration.cell) / 14)
        var cells: [(cell: Int, weight: Float)] = []
        forEachCell(near: centre, within: 3.5 * deviation) { cell, j, i in
            let distance = Point(Double(i), Double(j)) - Point(Double(column), Double(row))
            let value = Float(exp(-distance.length * distance.length / (2 * deviation * deviation)))
            if !(value <= heat[cell]) || (i == column && j == row) {
                heat[cell] = value
                if value > 0.3 { cells.append((cell, value)) } else { weight[cell] = 0 }
            }
        }
        let sum = cells.reduce(0) { $0 + $1.weight }
        for (cell, share) in cells {
            weight[cell] = share / sum
            let face = FaceCell(crop, column: cell % columns, row: cell / columns)
            for (k, value) in [face.shift.x, face.shift.y, face.size, face.roll.x, face.roll.y].enumerated() {
                numbers[5 * cell + k] = Float(value)
            }
        }
    }

    /// Ignores cells within `reach` crop sides of the crop's centre, except those of target faces.
    package mutating func ignore(_ crop: SimilarityMap, reach: Double = 0.4) {
        let centre = place(crop)
        let radius = reach * crop.scale / Double(LocatorConfiguration.cell)
        forEachCell(near: centre, within: max(1, radius)) { cell, _, _ in
            if weight[cell] == 0 { heat[cell] = .nan }
        }
    }

    /// Ignores cells further than `reach` crop sides from the crop's centre, except those of target faces.
    mutating func ignoreBeyond(_ crop: SimilarityMap, reach: Double) {
        let centre = place(crop)
        let radius = reach * crop.scale / Double(LocatorConfiguration.cell)
        for cell in heat.indices where weight[cell] == 0 {
            let distance = Point(Double(cell % columns), Double(cell / columns)) + 0.5 - centre
            if distance.length > radius { heat[cell] = .nan }
        }
    }

    private func place(_ crop: SimilarityMap) -> Point {
        (crop(Point(0.5, 0.5)) + 0.5) / Double(LocatorConfiguration.cell)
    }

    private func forEachCell(near centre: Point, within radius: Double, _ body: (Int, Int, Int) -> Void) {
        let (low, high) = (centre - radius, centre + radius)
        guard low.y < Double(rows), low.x < Double(columns), high.x > 0, high.y > 0 else { return }
        for j in max(0, Int(low.y))...min(rows - 1, Int(high.y)) {
            for i in max(0, Int(low.x))...min(columns - 1, Int(high.x)) { body(j * columns + i, j, i) }
        }
    }
}
