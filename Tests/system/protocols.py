#!/usr/bin/env python3
"""Receives what `landmarkd serve` sends, with python-osc's server, a socket and struct, and recentres it by HTTP and signal.

    venv/bin/pip install python-osc==1.10.2
    venv/bin/python Tests/system/protocols.py .build/release/landmarkd VIDEO [OpenSeeFace's facetracker.py]

VIDEO shows a face for some seconds, as `landmarkd demo` draws it. With facetracker.py, the order of fields is read from its own code.
"""
import importlib.metadata
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer

program, video = (os.path.abspath(path) for path in sys.argv[1:3])


def receiver():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(60)
    return made, made.getsockname()[1]


def newest(made):
    """The newest datagram, after everything that waits was read."""
    made.settimeout(0.05)
    try:
        while True:
            made.recv(65536)
    except TimeoutError:
        pass
    made.settimeout(60)
    return made.recv(65536)


osc = {}
dispatcher = Dispatcher()
dispatcher.set_default_handler(lambda address, *values: osc.setdefault(address, []).append(values))
server = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
threading.Thread(target=server.serve_forever, daemon=True).start()
(opentrack, opentrack_port), (seen, seen_port), (web, web_port) = receiver(), receiver(), receiver()
web.close()

fields = "<diffffBf4f3f3f68f136f210f14f"
if len(sys.argv) > 3:
    # Types of the packs, in their order; loops by what they run over.
    source = open(sys.argv[3]).read().split("packet = bytearray()")[-1].split("sock.sendto")[0]
    single = re.findall(r'struct\.pack\("(\w)"', source)
    names = re.findall(r'struct\.pack\("\w", (.*?)\)\)', source)
    head, loops = single[:18], single[18:]
    assert names[18:] == ["c", "y", "x", "x", "-y", "-z", "f.current_features[feature]"], names[18:]
    fields = "<" + "".join(head) + loops[0] * 68 + "".join(loops[1:3]) * 68 + "".join(loops[3:6]) * 70 + loops[6] * 14
assert struct.calcsize(fields) == 1785

with tempfile.TemporaryDirectory() as folder:
    path = f"{folder}/a.socket"
    with open(f"{folder}/s.yaml", "w") as file:
        json.dump({
            "http": {"listen": f"127.0.0.1:{web_port}"},
            "streams": {"a": {"source": video, "loop": True, "outputs": [
                {"opentrack": f"127.0.0.1:{opentrack_port}"}, {"openseeface": f"127.0.0.1:{seen_port}", "rate": 10},
                {"vmc": f"127.0.0.1:{server.server_address[1]}"}, {"unix": path},
            ]}},
        }, file)
    daemon = subprocess.Popen([program, "serve", "--config", f"{folder}/s.yaml"], stderr=subprocess.DEVNULL)
    try:
        opentrack.recv(65536)
        packet = opentrack.recv(65536)
        assert len(packet) == 48
        print("opentrack:", [round(number, 1) for number in struct.unpack("<6d", packet)])
        numbers = struct.unpack(fields, seen.recv(65536))
        print("OpenSeeFace: id", numbers[1], "size", numbers[2:4], "success", numbers[6], "euler",
              [round(number) for number in numbers[12:15]])
        assert numbers[1] == 0 and numbers[6] == 1
        reader = socket.socket(socket.AF_UNIX)
        reader.connect(path)
        lines = reader.makefile()
        frames = [json.loads(next(lines))["frame"] for _ in range(20)]
        assert frames == list(range(frames[0], frames[0] + 20))
        print("Unix socket: 20 results, frames", frames[0], "to", frames[-1])
        for how in ("HTTP", "SIGUSR1"):
            while True:  # a moment at which the head is turned
                before = struct.unpack("<6d", newest(opentrack))
                if max(abs(number) for number in before[3:]) > 5:
                    break
            if how == "HTTP":
                request = urllib.request.Request(f"http://127.0.0.1:{web_port}/v1/streams/a/recentre", method="POST")
                assert urllib.request.urlopen(request).status == 204
            else:
                daemon.send_signal(signal.SIGUSR1)
            for _ in range(100):
                after = struct.unpack("<6d", opentrack.recv(65536))
                if max(abs(number) for number in after) < 1e-9:
                    break
            else:
                raise AssertionError(f"{how} did not recentre: {after}")
            print(f"recentred by {how}: from", [round(number, 1) for number in before], "to zeros")
        time.sleep(1)
        bones = osc["/VMC/Ext/Bone/Pos"]
        assert all(len(bone) == 8 and bone[0] == "Head" for bone in bones)
        assert all(abs(sum(number * number for number in bone[4:]) - 1) < 1e-4 for bone in bones)
        names = sorted({blend[0] for blend in osc["/VMC/Ext/Blend/Val"]})
        print(f"VMC by python-osc {importlib.metadata.version('python-osc')}:",
              {address: len(values) for address, values in osc.items()}, names)
        metrics = urllib.request.urlopen(f"http://127.0.0.1:{web_port}/metrics").read().decode()
        for line in metrics.splitlines():
            if re.match(r"landmarkd_output_latency_seconds_(sum|count)", line):
                print(line)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    assert not os.path.exists(path), "the socket's file stays"
print("all received")
