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
