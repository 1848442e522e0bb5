"""Writes a few sound inputs for each target of the fuzzer to start from: FOLDER/TARGET/seedN."""
import json
import os
import struct
import sys


def safetensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


entry = lambda kind, shape, start, end: {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
small = safetensors(
    {"__metadata__": {"format": "landmarkd/1", "\u00e9\n": "\\"}, "a": entry("F32", [2], 0, 8),
     "b": entry("F16", [1, 2], 8, 12), "c": entry("BF16", [], 12, 14), "d": entry("F32", [0], 14, 14)},
    struct.pack("<2f2eH", 1, -2, 0.5, 3, 0x3F80))
configuration = safetensors({"__metadata__": {
    "format": "landmarkd/1", "task": "landmarks", "scheme": "ibug68", "points": "68", "crop": "32", "channels": "3",
    "width": "8", "deep_width": "16", "passes": "2", "attention": "true", "attention_heads": "1",
    "expanded_first_stage": "true", "separate_statistics": "true", "shared_unit": "true", "sigma": "3.5",
    "offset_gain": "0.05"}, "features.stem.weight": entry("F16", [3, 3, 3, 16], 0, 864)}, bytes(864))
row = "a.jpg,set,train,group,100,90,3,10,10,20.5,20,3e1,30\n"
table = "file,set,split,group,width,height,points,x0,y0,x1,y1,x2,y2\n" + row + row
points = "version: 1\nn_points: 3\n{\n1.5 2\n3 4\n5 6\n}\n"
helen = "100032540_1\n" + "".join(f"{i}.25 , {i * 2}\n" for i in range(194))
wflw = " ".join(f"{i}.5" for i in range(196)) + " 1 2 39 28 1 0 0 0 1 0 0--Parade/a.jpg\n"
dlib = ("<?xml version='1.0'?><dataset><images><image file='a.jpg' width='40' height='30'><box top='1' left='2'>"
        "<part name='10' x='1' y='2'/><part name='2' x='3' y='4'/></box></image></images></dataset>")
coco = json.dumps({"images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
                   "annotations": [{"id": 1, "image_id": 1, "iscrowd": 0, "keypoints": [1, 2, 2, 3.5, 4, 1]}]})
clock = struct.pack("<iid", 1, 1000, 0.04) + b"".join(
    struct.pack("<Bqq", 1, stamp, 40) for stamp in (0, 40, 80, 4 * 10**18, 4 * 10**18 + 40, -(2**63), 2**63 - 1))
recipe = "# a recipe\nsamples: 5000\nlearning_rate: 1e-3\nscheme: 98\nsets: [lfpw, 'afw']\nattention: off\nsigma: 3.5\n"
targets = {
    "safetensors": [small, configuration], "model": [configuration, small], "annotations": [table.encode()],
    "points": [points.encode()], "helen": [helen.encode()], "clock": [clock],
    "numbers": [struct.pack("<d", value) + b"\x03" + b"-12.5e+3" for value in (0, -2.5, 1e12, 1e300, float("nan"))],
    "wflw": [wflw.encode()], "dlib": [dlib.encode()], "coco": [coco.encode()],
    "recipe": [recipe.encode(), b"a: &x [b]\nc: *x\n", b"{batch: 012, samples: ~, sigma: !!float 1:30}\n"],
}
for target, contents in targets.items():
    os.makedirs(f"{sys.argv[1]}/{target}", exist_ok=True)
    for number, content in enumerate(contents):
        with open(f"{sys.argv[1]}/{target}/seed{number}", "wb") as file:
            file.write(content)
