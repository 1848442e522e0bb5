import Base
import Capture
import Foundation
import TestSupport
import Testing

/// `--quiet` silences progress; what is doubtful about the data is told all the same.
@Suite struct QuietTests {
    let shop: Workshop

    /// Two faces of 68 points, one of which lies outside its picture.
    init() throws {
        shop = try Workshop()
        mkdir(shop.path("data"), 0o777)
        let picture = PixelBuffer(width: 240, height: 240)
        for index in 0..<240 * 240 { picture.plane(0)[index] = UInt8(30 + index % 190) }
        let names = (0..<68).map { "x\($0),y\($0)" }.joined(separator: ",")
        var table = "file,set,split,group,width,height,points,\(names)\n"
        for (number, left) in [120.0, -90].enumerated() {
            try writePNG(picture, to: shop.path("data/\(number).png"))
            let points = (0..<68).map { index in
                let angle = Double(index) * 2 * .pi / 68
                return "\(decimal(left + 60 * cos(angle), 2)),\(decimal(120 + 80 * sin(angle), 2))"
            }
            table += "\(number).png,s,train,g\(number),240,240,68,\(points.joined(separator: ","))\n"
        }
        try shop.write("data/annotations.csv", Array(table.utf8))
        let recipe = "crop: 32\nwidth: 8\ndeep_width: 8\nsamples: 24\nbatch: 8\nvalidation_share: 0\nattention: false\n"
        try shop.write("r.yaml", Array(recipe.utf8))
    }

    @Test(arguments: [
        ["augment", "--sheet", "s.png", "--columns", "1", "--rows", "1", "--crop", "32"],
        ["augment", "--bake", "baked", "--count", "2", "--crop", "32"],
        ["train", "--recipe", "r.yaml", "-o", "m.safetensors", "--threads", "1"],
        ["jitter", "--split", "train", "--faces", "2", "--model", "face68.safetensors"],
    ]) func doubtsAboutDataAreTold(command: [String]) throws {
        for quiet in [["-q"], []] {
            let result = try shop.landmarkd([command[0], "--data", "data"] + command.dropFirst() + quiet)
            #expect(result.status == 0, "\(result.errors)")
            let warnings = result.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
            let start = "warning: data/annotations.csv:3: 68 of 68 points lie outside data/1.png"
            #expect(warnings.count { $0.hasPrefix(start) } == 1, "\(result.errors)")
            if !quiet.isEmpty { #expect(warnings.count == result.errors.split(separator: "\n").count) }
        }
    }

    @Test func framesThatFailToDecodeAreTold() throws {
        try shop.writeClip("clip.mp4", frames: 10)
        #expect(try shop.landmarkd("track", "clip.mp4", "-q").errors.isEmpty)
        mkfifo(shop.path("p.mp4"), 0o600)
        let result = try shop.landmarkd("track", ".", "-q", "-o", "tables")
        #expect(result.errors == "warning: ./p.mp4: left out: not a regular file; name it itself to read it\n")
    }
}
