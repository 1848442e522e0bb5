#!/bin/bash
# Matroska's PixelCrop: decoders show the rows and columns that the file says to hide.
#
# Software: PyAV 18.1.0 (its wheel holds FFmpeg 8.1.2). FFmpeg 5.1's programs (Debian 12) and Chromium's <video> behave alike.
# Behaviour: a Matroska track may say how many pixels to hide at each side (PixelCropLeft, PixelCropRight, …). The frame that is decoded is
#   as large as PixelWidth by PixelHeight, nothing is cut off, and no side data of the stream or the frame tells of the crop.
# Likely guess: the crop is applied, as that of H.264 is, or at least told.
# Who meets it: whoever crops recordings with mkvpropedit, and joins coordinates of a player that obeys the crop with those of a program
#   that reads frames through FFmpeg: they differ by the crop at the left and the top.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder/packages" av==18.1.0 numpy==2.4.6
PYTHONPATH=$folder/packages python3 - "$folder" <<'PY'
import sys
import av
import numpy

path = sys.argv[1] + "/cropped.mkv"
with av.open(path, "w") as output:
    stream = output.add_stream("libx264", rate=25)
    stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
    # So that the track has an element "Colour", whose place the crop takes.
    context = stream.codec_context
    context.color_range, context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1, 1
    for _ in range(5):
        picture = av.VideoFrame.from_ndarray(numpy.zeros((480, 640, 3), numpy.uint8), format="rgb24")
        output.mux(stream.encode(picture.reformat(format="yuv420p")))
    output.mux(stream.encode(None))
data = bytearray(open(path, "rb").read())
start = data.index(b"\x55\xb0", data.index(b"\x16\x54\xae\x6b"))
size = data[start + 2]
assert size > 0x80 and start > 0, "no element Colour with a size of one byte"
length = 3 + size - 0x80
crop = b"\x54\xcc\x81\x20" + b"\x54\xdd\x81\x40"  # 32 at the left, 64 at the right
void = b"\xec" + bytes([0x80 + length - len(crop) - 2]) + bytes(length - len(crop) - 2)
data[start:start + length] = crop + void
open(path, "wb").write(data)
with av.open(path) as source:
    stream = source.streams.video[0]
    frame = next(source.decode(stream))
    told = [kind for kind in frame.side_data.keys() if "CROP" in str(kind)]
    print(f"track of 640x480 with a crop of 32 at the left, 64 at the right: stream {stream.width}x{stream.height}, "
          f"frame {frame.width}x{frame.height}, told of the crop: {told or 'nothing'}")
    sys.exit(0 if (stream.width, frame.width, told) == (640, 640, []) else 1)
PY
