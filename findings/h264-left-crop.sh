#!/bin/bash
# H.264 that crops at the left: the decoded picture is wider than the stream says.
#
# Software: PyAV 18.1.0 (its wheel holds FFmpeg 8.1.2); libavcodec of FFmpeg 5.1 as Debian 12 has it behaves alike.
# Behaviour: a stream of 640 columns with a crop of 32 at the left and 64 at the right is announced as 544 columns wide, by the
#   codec's parameters and by containers. Decoded frames have 576: libavcodec rounds a left crop down so that rows stay aligned, unless the
#   flag AV_CODEC_FLAG_UNALIGNED is set. The picture then begins 32 columns too early, and every x coordinate is off by 32.
# Likely guess: a decoded frame is as wide as its stream.
# Who meets it: whoever joins coordinates that two programs measured in the same recording, one of them with the flag set or with another
#   decoder; whoever allocates by the stream's width.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder/packages" av==18.1.0 numpy==2.4.6
PYTHONPATH=$folder/packages python3 - "$folder" <<'PY'
import sys
import av
import numpy
from av.bitstream import BitStreamFilterContext

folder = sys.argv[1]
plain, cropped = f"{folder}/plain.mp4", f"{folder}/cropped.mp4"
with av.open(plain, "w") as output:
    stream = output.add_stream("libx264", rate=25)
    stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
    columns = numpy.tile(numpy.arange(640, dtype=numpy.uint16) * 255 // 639, (480, 1)).astype(numpy.uint8)
    for _ in range(5):
        picture = av.VideoFrame.from_ndarray(numpy.stack([columns] * 3, axis=-1), format="rgb24")
        output.mux(stream.encode(picture.reformat(format="yuv420p")))
    output.mux(stream.encode(None))
with av.open(plain) as source, av.open(cropped, "w") as output:
    given = source.streams.video[0]
    copy = output.add_stream_from_template(given)
    crop = BitStreamFilterContext("h264_metadata=crop_left=32:crop_right=64", given, copy)
    for packet in source.demux(given):
        for changed in crop.filter(packet if packet.dts is not None else None):
            changed.stream = copy
            output.mux(changed)
with av.open(cropped) as source:
    stream = source.streams.video[0]
    frame = next(source.decode(stream))
    said, decoded = stream.codec_context.width, frame.width
    print(f"PyAV {av.__version__}: the stream says {said} columns, the decoded frame has {decoded}")
    first = int(frame.to_ndarray(format="gray")[240, 0])
    print(f"first column's level {first}: a crop of 32 columns would begin at about {16 + 32 * 219 // 639}")
    sys.exit(0 if decoded == 576 else f"changed: {decoded} columns where 576 were seen")
PY
