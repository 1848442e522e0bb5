#!/usr/bin/env python3
"""Reads compressed tables with pandas and DuckDB and compares them with the plain one.

    venv/bin/pip install pandas==3.1.1 zstandard duckdb==2.0.1
    venv/bin/python Tests/system/compressed.py .build/release/landmarkd VIDEO
"""
import os
import subprocess
import sys
import tempfile

import duckdb
import pandas

program, video = (os.path.abspath(path) for path in sys.argv[1:3])
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for name in ("a.csv", "a.csv.gz", "a.csv.zst"):
        subprocess.run([program, "track", video, "-q", "-o", name], check=True)
    for name in ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst"):
        subprocess.run([program, "track", video, "-q", "-o", name, "--format", name[2:]], check=True)
    plain = pandas.read_csv("a.csv")
    lines = pandas.read_json("a.jsonl", lines=True)
    for ending in ("gz", "zst"):
        assert pandas.read_csv(f"a.csv.{ending}").equals(plain)
        assert pandas.read_json(f"a.jsonl.{ending}", lines=True).equals(lines)
        count, total = duckdb.sql(f"select count(*), sum(x_30) from read_csv('a.csv.{ending}')").fetchall()[0]
        assert count == len(plain) and abs(total - plain["x_30"].sum()) < 1e-6 * max(1, abs(total))
        (count,) = duckdb.sql(f"select count(*) from read_json('a.jsonl.{ending}')").fetchall()[0]
        assert count == len(lines)
    sizes = {name: os.path.getsize(name) for name in sorted(os.listdir("."))}
print(f"pandas {pandas.__version__}, duckdb {duckdb.__version__}: {len(plain)} rows read alike; bytes: {sizes}")
