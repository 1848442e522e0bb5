import FaceTracking

/// The two files of a folder of baked samples.
///
/// `crops.bin`: the crops one after the other, `[side, side, channels]` bytes each, value = (byte − 128)/127.
/// `samples.csv`: a line `landmarkd-samples/1,SIDE,CHANNELS,SCHEME,COUNT`, then a line per sample:
/// `file,presence,x0,y0,…,px0,py0,…` with the truth, then the prior, in crop units; either is left out where there is none,
/// which `T`, `P`, `TP` or `-` in a third field tells.
enum BakedFiles {
    static let format = "landmarkd-samples/1"

    static func crops(_ folder: String) -> String { folder + "/crops.bin" }
    static func index(_ folder: String) -> String { folder + "/samples.csv" }

    static func byte(_ value: Float) -> UInt8 { UInt8(max(1, min(255, (value * 127).rounded() + 128))) }

    static func line(_ labels: SampleLabels) -> String {
        let kinds = (labels.truth.isEmpty ? "" : "T") + (labels.prior == nil ? "" : "P")
        let points = labels.truth + (labels.prior ?? [])
        // A name with a comma or line end would break the row; it serves messages only.
        let file = String(labels.file.map { $0 == "," || $0.isNewline ? "_" : $0 })
        let numbers = points.map { "\(Float($0.x)),\(Float($0.y))" }
        return ([file, labels.presence ? "1" : "0", kinds.isEmpty ? "-" : kinds] + numbers).joined(separator: ",")
            + "\n"
    }
}
