import Base

/// The cameras of this machine, what they offer, and what landmarkd would choose of it.
package struct CameraReport: Sendable {
    /// One camera, or why it cannot be read.
    struct Entry: Sendable {
        var path: String
        var stableNames: (byID: [String], byPath: [String]) = ([], [])
        var capabilities: CameraCapabilities?
        var modes: [CameraMode] = []
        var choice: (mode: CameraMode, rate: Double?)?
        var fault: LandmarkdError?
    }

    let entries: [Entry]

    /// Asks every node of the folder; those that take no pictures are left out.
    package init(_ folder: CameraFolder = CameraFolder()) {
        entries = folder.nodes.compactMap { Self.entry($0, folder) }
    }

    package var isEmpty: Bool { entries.isEmpty }

    private static func entry(_ node: String, _ folder: CameraFolder) -> Entry? {
        var entry = Entry(path: node)
        entry.stableNames = (
            folder.stableNames(of: node, kind: "by-id"), folder.stableNames(of: node, kind: "by-path")
        )
        do throws(LandmarkdError) {
            let device = try CameraDevice(node)
            let capabilities = try device.capabilities()
            guard capabilities.isCamera else { return nil }
            entry.capabilities = capabilities
            if let reason = capabilities.whyUnusable { throw LandmarkdError(.unavailable, "\(node): \(reason)") }
            entry.modes = device.modes()
            entry.choice = CameraRequest().best(of: entry.modes)
        } catch {
            entry.fault = error
        }
        return entry
    }
}

extension CameraReport.Entry {
    /// Its formats, each once, with their modes.
    var formats: [(code: PixelCode, modes: [CameraMode])] {
        var codes: [PixelCode] = []
        for mode in modes where !codes.contains(mode.code) { codes.append(mode.code) }
        return codes.map { code in (code, modes.filter { $0.code == code }) }
    }
}

extension CameraMode {
    /// "640x480@30,15".
    var sizeAndRates: String {
        "\(width)x\(height)" + (rates.isEmpty ? "" : "@" + rates.map(rateText).joined(separator: ","))
    }
}

extension CameraReport {
    /// For people: a paragraph a camera. Sizes in pixels, rates in frames a second.
    package var text: String { entries.map(\.text).joined(separator: "\n\n") }

    /// One object: `cameras`, each with `path, card, driver, bus, by_id, by_path, formats` [{`format, conversion,
    /// modes` [{`width, height, rates`}]}], `choice` {`format, width, height, rate`}, `error`; keys without a value are
    /// left out.
    package var json: JSON { ["cameras": .array(entries.map(\.json))] }
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

    fileprivate var json: JSON {
        [
            "path": .string(path), "card": (capabilities?.card).map { .string($0) },
            "driver": (capabilities?.driver).map { .string($0) }, "bus": (capabilities?.bus).map { .string($0) },
            "by_id": .array(stableNames.byID.map { .string($0) }),
            "by_path": .array(stableNames.byPath.map { .string($0) }),
            "formats": .array(formats.map(json)),
            "choice": choice.map { mode, rate in
                [
                    "format": .string(mode.code.description), "width": .integer(mode.width),
                    "height": .integer(mode.height), "rate": rate.map(json),
                ]
            },
            "error": fault.map { .string("\($0)") },
        ]
    }

    private func json(_ code: PixelCode, _ modes: [CameraMode]) -> JSON {
        [
            "format": .string(code.description), "conversion": .string(code.reading.words),
            "modes": .array(
                modes.map { mode in
                    [
                        "width": .integer(mode.width), "height": .integer(mode.height),
                        "rates": .array(mode.rates.map(json)),
                    ]
                }),
        ]
    }

    private func json(_ rate: Double) -> JSON { .decimal(rate, rateDigits(rate)) }
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
