import Base
import Capture
import Rendering

/// A picture of a table: confidence, head pose and the opening of the eyes with blinks over time, of every face.
package struct TablePlot {
    private let chart: TimeChart

    /// Distinguishable colours; further faces share them.
    private static let namedFaces = 8

    /// Where the plot of a table goes: "day/rec.plot.png" for "day/rec.csv".
    package static func path(of table: String) -> String {
        var stem = table.fileName
        for ending in [".gz", ".zst"] where stem.hasSuffix(ending) { stem.removeLast(ending.count) }
        return table.folderPart + stem.fileStem + MediaFile.plotEnding
    }

    /// Throws `.noInput`, `.unusableData`, `.inputOutput`.
    package init(table path: String) throws(LandmarkdError) {
        let table = try PlotTable(path: path)
        let faces = table.faces.sorted { $0.key < $1.key }.enumerated()
            .map { Face(id: $1.key, colour: $0, samples: $1.value) }
        let span = table.span ?? 0...1
        let seconds = decimal(span.upperBound - span.lowerBound, 1)
        let counts = "\(table.frames) frames, \(seconds) s, \(faces.count == 1 ? "1 face" : "\(faces.count) faces")"
        // A single row, as of a picture, has no span.
        let shown = span.upperBound > span.lowerBound ? span : span.lowerBound - 0.5...span.upperBound + 0.5
        var chart = TimeChart(title: path.fileName.shown, note: counts, span: shown, panels: [])
        chart.panels =
            faces.count == 1 ? Self.panels(of: faces[0], table.columns) : Self.panels(of: faces, table.columns)
        if faces.count > 1 {
            chart.legend = faces.prefix(Self.namedFaces).map { ("face \($0.id)", $0.colour) }
            if faces.count > Self.namedFaces { chart.note += " (\(Self.namedFaces) named)" }
        }
        self.chart = chart
    }

    /// Writes a PNG. Throws `.cannotCreate`, `.noPermission` or `.inputOutput`.
    package func write(to path: String) throws(LandmarkdError) {
        try writePNG(chart.picture(), to: path, fullRange: true)
    }

    /// One face: a line for each measure.
    private static func panels(of face: Face, _ columns: PlotColumns) -> [TimeChart.Panel] {
        var panels = [confidence([face])]
        if !columns.pose.isEmpty {
            let lines = ["pitch", "yaw", "roll"].enumerated().map { axis, name in
                face.line(name: name, colour: axis) { $0.pose[axis] }
            }
            panels.append(TimeChart.Panel(title: "head pose, degrees", lines: lines, range: -30...30))
        }
        if hasEyes(columns) {
            let lines = ["left", "right"].enumerated().map { eye, name in
                face.line(name: name, colour: eye) { $0.eyes[eye] }
            }
            var panel = TimeChart.Panel(title: eyesTitle(columns), lines: lines, range: 0...0.5)
            panel.marks = face.blinks.map { (2, $0) }
            panels.append(panel)
        }
        return panels
    }

    /// Several faces: a colour for each.
    private static func panels(of faces: [Face], _ columns: PlotColumns) -> [TimeChart.Panel] {
        var panels = [confidence(faces)]
        if !columns.pose.isEmpty {
            for (axis, name) in ["pitch", "yaw", "roll"].enumerated() {
                let lines = faces.map { face in face.line(colour: face.colour) { $0.pose[axis] } }
                panels.append(TimeChart.Panel(title: "\(name), degrees", lines: lines, range: -30...30))
            }
        }
        if hasEyes(columns) {
            let lines = faces.map { face in face.line(colour: face.colour) { ($0.eyes[0] + $0.eyes[1]) / 2 } }
            var panel = TimeChart.Panel(title: "mean " + eyesTitle(columns), lines: lines, range: 0...0.5)
            panel.marks = faces.flatMap { face in face.blinks.map { (face.colour, $0) } }
            panels.append(panel)
        }
        return panels
    }

    private static func confidence(_ faces: [Face]) -> TimeChart.Panel {
        let lines = faces.map { face in face.line(colour: face.colour) { $0.confidence } }
        return TimeChart.Panel(title: "confidence", lines: lines, range: 0...1)
    }

    private static func hasEyes(_ columns: PlotColumns) -> Bool { !columns.eyes.isEmpty || !columns.eyePoints.isEmpty }

    private static func eyesTitle(_ columns: PlotColumns) -> String {
        columns.blink == nil
            ? "eye opening, lid distance / eye width" : "eye opening, lid distance / eye width; blinks shaded"
    }
}

/// The samples of a face and its place in the row of colours.
private struct Face {
    let id: Int
    let colour: Int
    let samples: [PlotTable.Sample]

    /// A measure over time, with a gap wherever the face was not followed.
    func line(name: String = "", colour: Int, _ value: (PlotTable.Sample) -> Double) -> TimeChart.Line {
        var points: [Point] = []
        for sample in samples {
            if sample.isFirst, !points.isEmpty { points.append(Point(.nan, .nan)) }
            points.append(Point(sample.time, value(sample)))
        }
        return TimeChart.Line(name: name, colour: colour, points: points)
    }

    /// From the first to the last sample of each blink.
    var blinks: [ClosedRange<Double>] {
        var blinks: [ClosedRange<Double>] = []
        var isOpen = true
        for sample in samples {
            if sample.isBlinking {
                if isOpen || sample.isFirst {
                    blinks.append(sample.time...sample.time)
                } else if let last = blinks.popLast() {
                    blinks.append(last.lowerBound...max(last.lowerBound, sample.time))
                }
            }
            isOpen = !sample.isBlinking
        }
        return blinks
    }
}
