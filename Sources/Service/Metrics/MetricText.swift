/// All series of one name.
struct MetricFamily {
    struct Series {
        let cell: any MetricCell
        /// Reference count: the series is removed when the last holder has destroyed it.
        var users: Int
    }

    /// As in a `# TYPE` line.
    let kind: String
    var series: [MetricLabels: Series] = [:]

    /// The histograms among the series as summaries.
    var summaries: MetricFamily {
        MetricFamily(
            kind: SummaryCell.kind,
            series: series.compactMapValues { series in
                (series.cell as? HistogramCell).map { Series(cell: SummaryCell(of: $0), users: 1) }
            })
    }

    /// HELP, TYPE and UNIT lines (the last is a comment to Prometheus, and a word to people), then the series in order.
    func append(name: String, to text: inout String) {
        if let help = MetricDescription.of(name)?.help { text += "# HELP \(name) \(help)\n" }
        text += "# TYPE \(name) \(kind)\n"
        let words = name.split(separator: "_")
        if let unit = ["seconds", "bytes"].first(where: { words.contains(Substring($0)) }) {
            text += "# UNIT \(name) \(unit)\n"
        }
        for (labels, series) in series.sorted(by: { $0.key.text < $1.key.text }) {
            series.cell.append(name: name, labels: labels, to: &text)
        }
    }
}

/// A series' labels as they are written between braces, in the order of their names.
struct MetricLabels: Hashable {
    /// `stream="a",stage="track"`, or "".
    let text: String

    /// Where two dimensions have one name, the last counts.
    init(_ dimensions: [(String, String)]) {
        let named = Dictionary(dimensions.map { (metricName($0.0), $0.1) }) { $1 }
        text = named.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    }

    private init(text: String) { self.text = text }

    /// With one more label at the end; its value needs no escapes.
    func with(_ name: String, _ value: String) -> MetricLabels {
        MetricLabels(text: (text.isEmpty ? "" : text + ",") + "\(name)=\"\(value)\"")
    }
}

func metricLine(_ name: String, _ labels: MetricLabels, _ value: Double) -> String {
    labels.text.isEmpty ? "\(name) \(metricNumber(value))\n" : "\(name){\(labels.text)} \(metricNumber(value))\n"
}

/// Whole numbers without a point, others with as few digits as identify the value.
func metricNumber(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}

/// `label` with what Prometheus does not take in a name made `_`, and with `ending` if missing.
func metricName(_ label: String, ending: String = "") -> String {
    var name = ""
    for scalar in label.unicodeScalars {
        let fits = scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9" ~= scalar))
        name.unicodeScalars.append(fits ? scalar : "_")
    }
    if name.isEmpty || name.first!.isNumber { name = "_" + name }
    return name.hasSuffix(ending) ? name : name + ending
}

private func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
        switch scalar {
        case "\\": text += "\\\\"
        case "\"": text += "\\\""
        case "\n": text += "\\n"
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text
}
