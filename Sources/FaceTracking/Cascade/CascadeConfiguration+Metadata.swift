import Base

/// The configuration as strings of the model file, checked when read: sizes that would not fit a machine are refused.
extension CascadeConfiguration {
    package var metadata: [String: String] {
        var metadata = [
            "scheme": scheme, "points": "\(points)", "crop": "\(crop)", "channels": "\(channels)", "width": "\(width)",
            "deep_width": "\(deepWidth)", "passes": "\(passes)", "attention": "\(attention)",
            "attention_heads": "\(attentionHeads)", "expanded_first_stage": "\(expandedFirstStage)",
            "separate_statistics": "\(separateStatistics)", "shared_unit": "\(sharedUnit)", "sigma": "\(sigma)",
            "offset_gain": "\(offsetGain)",
        ]
        // What is as in the first models is left out, as it is there.
        let plain = CascadeConfiguration()
        if heatmapAttention != plain.heatmapAttention { metadata["heatmap_attention"] = "\(heatmapAttention)" }
        if layout != plain.layout { metadata["layout"] = layout.rawValue }
        if stem != plain.stem { metadata["stem"] = stem.rawValue }
        if spatialTransformer != plain.spatialTransformer {
            metadata["spatial_transformer"] = spatialTransformer.rawValue
        }
        if quarterWidth != plain.quarterWidth { metadata["quarter_width"] = "\(quarterWidth)" }
        if eighthWidth != plain.eighthWidth { metadata["eighth_width"] = "\(eighthWidth)" }
        return metadata
    }

    /// - Throws: `.unusableData` where a key is missing, is no number of its kind, or is out of range.
    package init(metadata: [String: String], file: String) throws(LandmarkdError) {
        let reader = MetadataReader(metadata: metadata, file: file)
        self.init()
        scheme = try reader.text("scheme")
        points = try reader.integer("points", 1...Self.mostPoints)
        crop = try reader.integer("crop", 32...512)
        channels = try reader.integer("channels", 1...3)
        width = try reader.integer("width", 2...256)
        deepWidth = try reader.integer("deep_width", 8...512)
        passes = try reader.integer("passes", 1...8)
        attention = try reader.flag("attention")
        attentionHeads = try reader.integer("attention_heads", 1...16)
        expandedFirstStage = try reader.flag("expanded_first_stage")
        separateStatistics = try reader.flag("separate_statistics")
        sharedUnit = try reader.flag("shared_unit")
        sigma = try reader.number("sigma", 0.1...100)
        offsetGain = try reader.number("offset_gain", 0...1)
        let known = LandmarkScheme.named(scheme)?.count ?? points
        try reader.check(known == points, "points", "\(known), as scheme \(scheme) has")
        heatmapAttention = try reader.flag("heatmap_attention", otherwise: heatmapAttention)
        layout = try reader.choice("layout", otherwise: layout)
        stem = try reader.choice("stem", otherwise: stem)
        spatialTransformer = try reader.choice("spatial_transformer", otherwise: spatialTransformer)
        quarterWidth = try reader.integer("quarter_width", 4...256, otherwise: quarterWidth)
        eighthWidth = try reader.integer("eighth_width", 4...512, otherwise: eighthWidth)
        if let (key, wanted) = contradiction { try reader.check(false, key, wanted) }
    }
}

/// Reads typed values from a model file's strings.
struct MetadataReader {
    let metadata: [String: String]
    let file: String

    func text(_ key: String) throws(LandmarkdError) -> String {
        guard let value = metadata[key] else { throw fault(key, "is missing") }
        return value
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(LandmarkdError) -> Int {
        let value = try text(key)
        guard let number = Int(value), range.contains(number) else {
            throw fault(key, "is '\(value)', not a whole number in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func number(_ key: String, _ range: ClosedRange<Double>) throws(LandmarkdError) -> Double {
        let value = try text(key)
        guard let number = Double(value), range.contains(number) else {
            throw fault(key, "is '\(value)', not a number in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) throws(LandmarkdError) -> Bool {
        let value = try text(key)
        guard let flag = Bool(value) else { throw fault(key, "is '\(value)', not true or false") }
        return flag
    }

    // Keys that younger models have: where one is missing, the model is as all were before.

    func flag(_ key: String, otherwise: Bool) throws(LandmarkdError) -> Bool {
        metadata[key] == nil ? otherwise : try flag(key)
    }

    func integer(_ key: String, _ range: ClosedRange<Int>, otherwise: Int) throws(LandmarkdError) -> Int {
        metadata[key] == nil ? otherwise : try integer(key, range)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, otherwise: Choice
    ) throws(LandmarkdError) -> Choice where Choice.RawValue == String {
        guard let value = metadata[key] else { return otherwise }
        guard let choice = Choice(rawValue: value) else {
            throw fault(key, "is '\(value)', none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func check(_ holds: Bool, _ key: String, _ wanted: String) throws(LandmarkdError) {
        if !holds { throw fault(key, "is '\(metadata[key] ?? "")', not \(wanted)") }
    }

    private func fault(_ key: String, _ why: String) -> LandmarkdError {
        LandmarkdError(.unusableData, "\(file): metadata: \(key) \(why)", remedy: "use a model that landmarkd wrote")
    }
}
