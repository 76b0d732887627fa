"""poolfs and the rclone stack over the same kind of local folders."""

import os
import shutil
import subprocess
import sys
import time

from benches.peers import Poolfs, RcloneStack
from benches.tools import drop_caches, fio, make_tree, memory, run, sha256, timed, tree_digest, write_random


def data(peer, rows):
    path = os.path.join(peer.mount_point, "big")
    size_mb = 512
    expected = None

    def write():
        nonlocal expected
        expected = write_random(path, size_mb)

    rows["write 512 MiB until close, MB/s"] = size_mb * 1.048576 / timed(write)
    peer.drain()
    if sha256(path) != expected:
        sys.exit(f"bench: WRONG DATA read back through {peer.name}")
    run(["cat", path], stdout=subprocess.DEVNULL)
    rows["sequential read, file cached, MB/s"] = fio(path, "read", "1M", size_mb, 4, 0)[0]
    rows["sequential read direct, MB/s"] = fio(path, "read", "1M", size_mb, 4, 1)[0]
    rows["4 KiB random read direct, /s"] = fio(path, "randread", "4k", size_mb, 4, 1)[1]
    os.unlink(path)


def meta(peer, rows):
    base = os.path.join(peer.mount_point, "meta")
    names = [os.path.join(base, f"d{i % 100}", f"f{i}") for i in range(10_000)]
    os.mkdir(base)
    for i in range(100):
        os.mkdir(os.path.join(base, f"d{i}"))

    def create():
        for name in names:
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))

    def rename():
        for name in names:
            os.rename(name, name + "r")

    def unlink():
        for name in names:
            os.unlink(name + "r")

    def stat():
        for name in names:
            os.stat(name)

    rows["create, /s"] = len(names) / timed(create)
    peer.drain()
    drop_caches()
    rows["stat, cold dentries, /s"] = len(names) / timed(stat)
    rows["rename, /s"] = len(names) / timed(rename)
    rows["unlink, /s"] = len(names) / timed(unlink)
    shutil.rmtree(base)


def small(peer, rows, root):
    source = os.path.join(root, "tree")
    if not os.path.isdir(source):
        make_tree(source)
    peer.drain()
    before = peer.stored_files()
    target = os.path.join(peer.mount_point, "tree")
    start = time.perf_counter()
    run(["cp", "-r", source, target])
    rows["6,400 small files: cp -r, s"] = time.perf_counter() - start
    peer.drain()
    rows["6,400 small files: until on the remotes, s"] = time.perf_counter() - start
    rows["6,400 small files: objects made"] = peer.stored_files() - before
    if tree_digest(source) != tree_digest(target):
        sys.exit(f"bench: WRONG DATA in the tree of {peer.name}")
    rows["6,400 small files: rm -rf, s"] = timed(lambda: run(["rm", "-rf", target]))


def bigdir(peer, rows):
    base = os.path.join(peer.mount_point, "bigdir")
    os.mkdir(base)

    def create():
        for i in range(100_000):
            os.close(os.open(f"{base}/file-{i:06d}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))

    rows["100,000 files in one folder: create, s"] = timed(create)
    peer.drain()
    drop_caches()
    rows["100,000 files in one folder: ls -l, s"] = timed(
        lambda: run(["ls", "-l", base], stdout=subprocess.DEVNULL))
    if len(os.listdir(base)) != 100_000:
        sys.exit(f"bench: {peer.name} lists {len(os.listdir(base))} of 100,000 names")
    rows["100,000 files in one folder: rm -rf, s"] = timed(lambda: run(["rm", "-rf", base]))


GROUPS = ["data", "meta", "small", "bigdir"]


def measure(a):
    results = {}
    for kind in [RcloneStack, Poolfs]:
        if kind.name == "rclone" and a.peer == "none":
            continue
        peer = kind(a.root)
        rows = results.setdefault(kind.name, {})
        peer.up()
        try:
            for group in a.only or GROUPS:
                print(f"{kind.name}: {group}", file=sys.stderr)
                if group == "small":
                    small(peer, rows, a.root)
                else:
                    globals()[group](peer, rows)
            rows["daemon memory, peak, MiB"] = memory(peer.pids()[0])
        finally:
            peer.down()
            shutil.rmtree(peer.root, ignore_errors=True)
    return results
