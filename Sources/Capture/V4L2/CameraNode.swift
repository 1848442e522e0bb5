import Base

/// A node that may be a camera's, as it is now: after unplugging, another one may have its path.
package struct CameraNode: Sendable, Equatable {
    package let path: String
    package let identity: FileIdentity
    /// Names that stay when the path changes, the best one first: "046d_HD_Pro_Webcam_C920_5A3B", by the device, then by its port.
    package let stableNames: [String]
    /// Whether the first of them is of the device itself.
    package let isNamedByDevice: Bool
}

extension CameraFolder {
    /// Nodes that are there, by number. Opens none.
    package var presentNodes: [CameraNode] {
        nodes.compactMap { path in
            guard let identity = FileIdentity(path: path) else { return nil }
            let (byID, byPort) = (stableNames(of: path, kind: "by-id"), stableNames(of: path, kind: "by-path"))
            return CameraNode(
                path: path, identity: identity, stableNames: (byID + byPort).map { Self.plainName($0.fileName) },
                isNamedByDevice: !byID.isEmpty)
        }
    }

    /// Whether video comes out of the node. Throws where it cannot be asked.
    package func isCamera(_ node: CameraNode) throws(LandmarkdError) -> Bool {
        try CameraDevice(node.path).capabilities().whyUnusable == nil
    }

    /// "046d_C920_5A3B" of "usb-046d_C920_5A3B-video-index0"; the number stays where a device has several cameras.
    static func plainName(_ link: String) -> String {
        var name = link.hasPrefix("usb-") ? String(link.dropFirst(4)) : link
        name.replace("-video-index", with: "-")
        return name.hasSuffix("-0") ? String(name.dropLast(2)) : name
    }
}
