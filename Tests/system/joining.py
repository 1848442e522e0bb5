#!/usr/bin/env python3
"""Compares landmarkd's rows with the frames that Python's video readers give, and prints docs/joining.md's table.

    python3 -m venv venv && venv/bin/pip install -r Tests/system/joining.txt
    venv/bin/python Tests/system/joining.py .build/release/landmarkd

Clips of 40 frames, each of its own brightness, are made by the program ffmpeg. What landmarkd's row k shows is read from its overlay.
"""
import csv
import os
import subprocess
import sys
import tempfile

import numpy as np

WIDTH, HEIGHT, COUNT = 320, 240, 40


def ffmpeg(*arguments, data=None):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], input=data, check=True)


def pictures():
    """Grey, the middle brighter by 4 from frame to frame; the frame around it tells up, down, left and right apart."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    around = (40 + 100 * x / WIDTH + 60 * y / HEIGHT).astype(np.uint8)
    for number in range(COUNT):
        picture = around.copy()
        picture[HEIGHT // 4 : HEIGHT * 3 // 4, WIDTH // 4 : WIDTH * 3 // 4] = 30 + 4 * number
        yield picture


def make_clips(folder):
    raw = b"".join(picture.tobytes() for picture in pictures())
    source = ["-f", "rawvideo", "-pixel_format", "gray", "-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", "25", "-i", "-"]
    encode = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", "10", "-g", "12", "-bf", "2"]
    path = lambda name: os.path.join(folder, name)
    ffmpeg(*source, *encode, path("plain.mp4"), data=raw)
    plain = ["-i", path("plain.mp4")]
    vfr = "setpts='(N*0.04+if(gt(N,9),0.4,0)+if(gt(N,29),0.02*(N-29),0))/TB'"
    ffmpeg(*source, "-vf", vfr, "-vsync", "vfr", *encode, path("variable rate.mkv"), data=raw)
    ffmpeg("-ss", "0.7", *plain, "-c", "copy", path("edit list.mp4"))
    ffmpeg("-ss", "0.7", *plain, "-c", "copy", "-avoid_negative_ts", "disabled", "-ignore_editlist", "1", path("cut.ts"))
    ffmpeg(*plain, "-c", "copy", "-output_ts_offset", "5", path("starts at 5 s.mkv"))
    ffmpeg(*plain, *plain, "-map", "0", "-map", "1", "-c:v:0", "libx264", "-filter:v:0", "scale=160:120,negate", "-c:v:1", "copy",
           "-disposition:v:0", "0", "-disposition:v:1", "default", path("two streams.mp4"))
    ffmpeg(*plain, "-c", "copy", "-bsf:v", "h264_metadata=crop_left=32:crop_right=16", path("cropped.mp4"))
    ffmpeg(*plain, "-c", "copy", "-metadata:s:v", "rotate=90", path("rotated.mp4"))
    ffmpeg(*source, *encode, "-vf", "setsar=2", path("wide pixels.mp4"), data=raw)
    ffmpeg(*source, "-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p", path("broken.avi"), data=raw)
    spoil(path("broken.avi"), 15)
    ffmpeg(*source, "-vf", "select='not(eq(mod(n,8),7))'", "-vsync", "vfr", "-c:v", "mpeg4", "-q:v", "2", "-bf", "0",
           path("repeated.avi"), data=raw)
    ffmpeg(*source, "-vf", "interlace", *encode, "-flags", "+ildct+ilme", path("interlaced.ts"), data=raw)
    return sorted(name for name in os.listdir(folder))


def spoil(path, number):
    """Makes the JPEG of one frame unreadable."""
    data = bytearray(open(path, "rb").read())
    place = -1
    for _ in range(number):
        place = data.index(b"\xff\xd8\xff", place + 1)
    data[place : place + 200] = bytes(200)
    open(path, "wb").write(data)


def number_of(picture):
    """Which picture of the clip this is, by the brightness of its middle."""
    height, width = picture.shape[:2]
    middle = picture[height * 2 // 5 : height * 3 // 5, width * 2 // 5 : width * 3 // 5]
    return int(round((middle.mean() - 30) / 4))


# ---- readers: each gives (grey picture, time or None) in its own order


def opencv(path):
    import cv2

    video = cv2.VideoCapture(path)
    while True:
        good, picture = video.read()
        if not good:
            return
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), video.get(cv2.CAP_PROP_POS_MSEC) / 1000


def pyav(path):
    import av

    with av.open(path) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24").mean(axis=2), frame.time


def torchcodec(path):
    from torchcodec.decoders import VideoDecoder

    decoder = VideoDecoder(path)
    for index in range(len(decoder)):
        frame = decoder.get_frame_at(index)
        yield frame.data.permute(1, 2, 0).numpy().mean(axis=2), frame.pts_seconds


def decord(path):
    import decord as library

    video = library.VideoReader(path)
    for index in range(len(video)):
        yield video[index].asnumpy().mean(axis=2), video.get_frame_timestamp(index)[0]


def imageio_ffmpeg(path):
    import imageio.v3 as imageio

    for picture in imageio.imiter(path, plugin="FFMPEG"):
        yield picture.mean(axis=2), None


def imageio_pyav(path):
    import imageio.v3 as imageio

    for picture in imageio.imiter(path, plugin="pyav"):
        yield picture.mean(axis=2), None


READERS = {"OpenCV": opencv, "PyAV": pyav, "torchcodec": torchcodec, "decord": decord, "imageio (FFMPEG)": imageio_ffmpeg,
           "imageio (pyav)": imageio_pyav}


def read_all(reader, path):
    frames, fault = [], None
    try:
        for picture, time in reader(path):
            frames.append((np.asarray(picture), time))
    except Exception as error:  # a reader's refusal is a result
        fault = f"{type(error).__name__}"
    return frames, fault


def rows_of(program, path, folder):
    """(picture's number, time) of each row, number nil where it failed to decode; and the first picture."""
    table, overlay = os.path.join(folder, "rows.csv"), os.path.join(folder, "seen.mkv")
    subprocess.run([program, "track", path, "-q", "-o", table, "--overlay", overlay], check=False, stderr=subprocess.DEVNULL)
    if not os.path.exists(table):
        os.rename(table + ".partial", table)
    times = sorted({float(row["timestamp"]) for row in csv.DictReader(open(table))})
    seen, _ = read_all(pyav, overlay)
    numbers, first = {}, seen[0][1]
    for picture, time in seen:
        nearest = min(times, key=lambda row: abs(row - (time - first) - times[0]))
        numbers[nearest] = number_of(picture)
    return [(numbers.get(time), time) for time in times], seen[0][0]


def compare(rows, first, frames, fault):
    if not frames:
        return fault or "nothing"
    ours, theirs = [number for number, _ in rows], [number_of(picture) for picture, _ in frames]
    picture = frames[0][0]
    words = []
    if theirs == ours:
        words.append("row k")
    else:
        words.append(f"frames {summary(theirs)}; rows {summary(ours)}")
    if picture.shape != first.shape:
        words.append(f"{picture.shape[1]}x{picture.shape[0]}, coordinates in {first.shape[1]}x{first.shape[0]}")
    elif np.median(np.abs(picture - first)) > 6:
        words.append("another part of the picture")
    times = [time for _, time in frames]
    if theirs == ours and times[0] is not None:
        shift = [time - row for time, (_, row) in zip(times, rows)]
        if max(shift) - min(shift) > 0.002:
            words.append("other times")
        elif abs(shift[0]) > 0.002:
            words.append(f"times + {shift[0]:.2f} s")
    if fault:
        words.append(f"then {fault}")
    return ", ".join(words)


def summary(numbers):
    """How many, and which: "39: 0-8 10-39"; "-" failed to decode."""
    runs = []
    for number in numbers:
        if runs and number is not None and runs[-1][1] is not None and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = ["-" if low is None else f"{low}" if low == high else f"{low}-{high}" for low, high in runs]
    return f"{len(numbers)}: " + " ".join(texts[:6]) + (" …" if len(texts) > 6 else "")


def versions():
    from importlib.metadata import version

    names = ["opencv-python-headless", "av", "torchcodec", "torch", "decord", "imageio", "imageio-ffmpeg"]
    return ", ".join(f"{name} {version(name)}" for name in names)


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        clips = os.path.join(folder, "clips")
        os.mkdir(clips)
        names = make_clips(clips)
        print(versions(), end="\n\n")
        print("| clip | " + " | ".join(READERS) + " |\n|---|" + "---|" * len(READERS))
        for name in names:
            path = os.path.join(clips, name)
            rows, first = rows_of(program, path, folder)
            for left in ("rows.csv", "seen.mkv"):
                os.unlink(os.path.join(folder, left))
            cells = [compare(rows, first, *read_all(reader, path)) for reader in READERS.values()]
            print(f"| {name} ({len(rows)} rows) | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
