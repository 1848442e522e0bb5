#!/bin/bash
# Interlaced H.264 read by OpenCV: pictures without their content.
#
# Software: opencv-python-headless 5.0.0.93.
# Behaviour: of an interlaced H.264 stream cv2.VideoCapture.read() returns True and pictures of the right size and number, but without
#   what was recorded: black, or whatever the memory held. PyAV 18.1.0 and FFmpeg 5.1 show the same file as it is.
# Likely guess: read() decodes what FFmpeg decodes, as OpenCV is built on it; a picture that cannot be had makes it return False.
# Who meets it: whoever measures in recordings of camcorders, television or DVDs; nothing tells that the pictures are empty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --target "$folder/packages" opencv-python-headless==5.0.0.93 av==18.1.0 numpy
for name in progressive interlaced; do
    filter=null; flags=(); [ $name = interlaced ] && { filter=interlace; flags=(-flags +ildct+ilme); }
    ffmpeg -v error -f lavfi -i color=white:size=320x240:rate=50:duration=1 -vf $filter -pix_fmt yuv420p -c:v libx264 "${flags[@]}" \
        "$folder/$name.mp4"
done
PYTHONPATH=$folder/packages python3 - "$folder" <<'PY'
import sys
import av
import cv2

for name in ("progressive", "interlaced"):
    path = f"{sys.argv[1]}/{name}.mp4"
    good, picture = cv2.VideoCapture(path).read()
    with av.open(path) as container:
        truth = next(container.decode(video=0)).to_ndarray(format="rgb24")
    print(f"{name}: mean of a white picture: OpenCV {picture.mean():.1f} (read() says {good}), PyAV {truth.mean():.1f}")
    assert truth.mean() > 250, "the clip is white"
    assert (picture.mean() > 250) == (name == "progressive"), "OpenCV has changed"
PY
