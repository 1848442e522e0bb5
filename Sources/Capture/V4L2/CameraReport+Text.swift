import Base

extension CameraReport {
    /// For people: a paragraph a camera. Sizes in pixels, rates in frames a second.
    package var text: String { entries.map(\.text).joined(separator: "\n\n") }

    /// One object: `cameras`, each with `path, card, driver, bus, by_id, by_path, formats` [{`format, conversion,
    /// modes` [{`width, height, rates`}]}], `choice` {`format, width, height, rate`}, `error`; keys without a value are
    /// left out.
    package var json: String {
        entries.isEmpty
            ? "{\"cameras\":[]}"
            : "{\"cameras\":[\n" + entries.map(\.json).joined(separator: ",\n") + "\n]}"
    }
}

extension CameraReport.Entry {
    fileprivate var text: String {
        var lines = [path + (capabilities.map { "  \($0.card)" } ?? "")]
        func add(_ name: String, _ value: String) {
            lines.append("  " + name + String(repeating: " ", count: max(1, 9 - name.count)) + value)
        }
        if let capabilities { add("driver", "\(capabilities.driver), \(capabilities.bus)") }
        for name in stableNames.byID + stableNames.byPath { add("also", name) }
        for (code, modes) in formats { add(code.description, modes.map(\.sizeAndRates).joined(separator: "  ")) }
        if let (mode, rate) = choice {
            let rate = rate.map { ", \(rateText($0)) frames/s" } ?? ""
            add("choice", "\(mode.code) \(mode.width)x\(mode.height)\(rate) (\(mode.code.reading.words))")
        }
        if let fault {
            add("error", fault.cause)
            if let remedy = fault.remedy { add("remedy", remedy) }
        }
        return lines.joined(separator: "\n")
    }

    fileprivate var json: String {
        var pairs = [("path", path.jsonQuoted)]
        if let capabilities {
            pairs += [
                ("card", capabilities.card.jsonQuoted), ("driver", capabilities.driver.jsonQuoted),
                ("bus", capabilities.bus.jsonQuoted),
            ]
        }
        pairs.append(("by_id", jsonArray(stableNames.byID.map(\.jsonQuoted))))
        pairs.append(("by_path", jsonArray(stableNames.byPath.map(\.jsonQuoted))))
        pairs.append(("formats", jsonArray(formats.map(json))))
        if let (mode, rate) = choice {
            var parts = [("format", mode.code.description.jsonQuoted)]
            parts += [("width", "\(mode.width)"), ("height", "\(mode.height)")]
            if let rate { parts.append(("rate", rateText(rate))) }
            pairs.append(("choice", jsonObject(parts)))
        }
        if let fault { pairs.append(("error", "\(fault)".jsonQuoted)) }
        return jsonObject(pairs)
    }

    private func json(_ code: PixelCode, _ modes: [CameraMode]) -> String {
        let listed = modes.map { mode in
            jsonObject([
                ("width", "\(mode.width)"), ("height", "\(mode.height)"),
                ("rates", jsonArray(mode.rates.map(rateText))),
            ])
        }
        return jsonObject([
            ("format", code.description.jsonQuoted), ("conversion", code.reading.words.jsonQuoted),
            ("modes", jsonArray(listed)),
        ])
    }
}

extension PixelCode.Reading {
    /// What is done to its frames.
    fileprivate var words: String {
        switch self {
        case .raw: "read as it is"
        case .jpeg: "decoded"
        case .converted: "converted by libv4l2"
        }
    }
}

private func jsonObject(_ pairs: [(String, String)]) -> String {
    "{" + pairs.map { "\($0.jsonQuoted):\($1)" }.joined(separator: ",") + "}"
}

private func jsonArray(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }
