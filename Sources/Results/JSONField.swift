/// A member of a result in JSON, as JSON lines, HTTP, events and UDP have it: the one place that says what it means.
package struct JSONField: Sendable {
    /// With the names of the objects that it is in: "eyes.right.ratio".
    package let name: String
    package let unit: String
    package let meaning: String

    init(_ name: String, _ unit: String, _ meaning: String) {
        (self.name, self.unit, self.meaning) = (name, unit, meaning)
    }

    /// Members of the object that each frame has.
    package static let frame: [JSONField] = [
        JSONField("stream", "", "name of the recording's file or of the stream"),
        JSONField("frame", "", "number of the frame, from 1; of a stream, counting tracked frames"),
        JSONField(
            "time", "s", "from the recording's first frame; of a stream, Unix time of the exposure"),
        JSONField("latency", "s", "of a stream: from the exposure until the result was there"),
        JSONField("width", "pixels", "of a stream: width of the picture as displayed"),
        JSONField("height", "pixels", "of a stream: height of the picture as displayed"),
        JSONField("faces", "", "list of the faces that are followed, in the order of their ids; empty where nobody is"),
    ]

    /// Members of a face. Those of a group are left out where `columns` does not name it, and null where the face does not have it.
    package static let face: [JSONField] = [
        JSONField("id", "", "number of the face, from 1: constant while it is followed, never used again"),
        JSONField(
            "confidence", "",
            "0 to 1: probability that the landmarks are right; null where the model was not calibrated"),
        JSONField("box", "pixels", "[x, y, width, height] of the box around the landmarks"),
        JSONField("pose.x", "mm", "centre of the head's landmarks from the camera, to the right of the picture"),
        JSONField("pose.y", "mm", "the same, downwards"),
        JSONField("pose.z", "mm", "the same, away from the camera"),
        JSONField("pose.pitch", "degrees", "positive where the face looks down"),
        JSONField("pose.yaw", "degrees", "positive where the face turns to the left of the picture"),
        JSONField("pose.roll", "degrees", "positive where the head leans clockwise in the picture"),
        JSONField(
            "eyes.right.ratio", "",
            "mean distance of the lids over the width of the eye; the person's right eye, left in the picture"),
        JSONField(
            "eyes.right.open", "",
            "0 to 1: shut as in this person's blinks to open as usual; null before that is known"),
        JSONField("eyes.left", "", "the same members of the left eye"),
        JSONField("eyes.blink", "", "true while the lids are down in a blink, as far as is known by this frame"),
        JSONField("eyes.blinks", "", "list of the blinks that ended with this frame"),
        JSONField(
            "eyes.blinks[].start", "s", "time of the last frame before the lids went down, by the clock of 'time'"),
        JSONField("eyes.blinks[].peak", "s", "time of the frame in which the eyes were most shut"),
        JSONField("eyes.blinks[].end", "s", "time of the first frame in which the lids were up again"),
        JSONField("eyes.blinks[].depth", "", "0 to 1: part of the opening before the blink that was lost at the peak"),
        JSONField("mouth.opening", "", "mean distance of the inner lips over the width of the mouth"),
        JSONField("mouth.width", "", "distance of the corners of the mouth, in outer-eye distances"),
        JSONField(
            "mouth.brow_right", "",
            "mean distance of the brow from the line through its eye's corners, in outer-eye distances; the person's right"
        ),
        JSONField("mouth.brow_left", "", "the same of the left brow"),
        JSONField("points", "pixels", "[x, y] of each landmark, in the model's order"),
        JSONField(
            "point_confidence", "",
            "0 to 1 for each landmark: probability that it is off by at most 0.08 of the eye distance; empty where unknown"
        ),
    ]
}
