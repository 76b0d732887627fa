"""What the measurements share: programs, clocks, contents."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def run(argv, **kw):
    kw.setdefault("check", True)
    return subprocess.run(argv, **kw)


def drop_caches():
    run(["sync"])
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3")


def wait(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"bench: {what} did not happen within {seconds} s")
        time.sleep(0.02)


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def fio(path, rw, bs, size_mb, seconds, direct):
    out = run(["fio", "--name=b", f"--filename={path}", f"--rw={rw}", f"--bs={bs}", f"--size={size_mb}M",
               f"--direct={direct}", "--ioengine=psync", f"--runtime={seconds}", "--time_based", "--output-format=json",
               "--invalidate=1"], capture_output=True, text=True).stdout
    read = json.loads(out[out.index("{"):])["jobs"][0]["read"]
    return read["bw_bytes"] / 1e6, read["iops"]


def write_random(path, size_mb, seed=1):
    block = random.Random(seed).randbytes(1 << 20)
    digest = hashlib.sha256()
    with open(path, "wb") as f:
        for i in range(size_mb):
            piece = i.to_bytes(8, "big") + block[8:]
            f.write(piece)
            digest.update(piece)
    return digest.hexdigest()


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        while piece := f.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def make_tree(path, files=6400, folders=1024, seed=42):
    rng = random.Random(seed)
    block = rng.randbytes(300_000)
    dirs = [os.path.join(path, f"a{i // 32:02d}", f"b{i % 32:02d}") for i in range(folders)]
    for d in dirs:
        os.makedirs(d)
    total = 0
    for i in range(files):
        size = min(300_000, max(500, int(rng.expovariate(1 / 34_700))))
        start = rng.randrange(0, len(block) - size + 1)
        with open(os.path.join(dirs[i % folders], f"f{i}"), "wb") as f:
            f.write(i.to_bytes(8, "big"))
            f.write(block[start:start + size - 8])
        total += size
    return total


def tree_digest(path):
    digest = hashlib.sha256()
    for folder, dirs, files in os.walk(path):
        dirs.sort()
        for name in sorted(files):
            full = os.path.join(folder, name)
            digest.update(os.path.relpath(full, path).encode())
            digest.update(sha256(full).encode())
    return digest.hexdigest()


def memory(pid):
    with open(f"/proc/{pid}/status") as f:
        fields = dict(re.findall(r"(\w+):\s+(\d+) kB", f.read()))
    return int(fields["VmHWM"]) / 1024


def anonymous_mib(pid):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(r"RssAnon:\s+(\d+) kB", f.read()).group(1)) / 1024
