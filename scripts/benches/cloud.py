"""poolfs and the rclone stack over the same slow clouds."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from benches.clouds import Clouds
from benches.peers import Poolfs, RcloneStack
from benches.tools import anonymous_mib, drop_caches, make_tree, run, sha256, timed, tree_digest, write_random

GROUPS = ["big", "seek", "small", "tree", "meta", "editor", "readers", "film", "probe", "hang"]

# What takes the stack many minutes, or what only a pool with parts on several remotes can show.
OURS_ALONE = {"tree", "readers", "film", "probe", "hang"}
GIB = 1024
SMALL_CACHE = "512M"


class CloudPool(Poolfs):
    def __init__(self, root, stores, options=()):
        super().__init__(root, stores)
        self.options = options


class Watch:
    """The most memory that a peer's processes had, looked at while it works."""

    def __init__(self, peer):
        self.peer = peer
        self.peak = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        pids = []
        while not self.ended.wait(0.5):
            try:
                self.peak = max(self.peak, sum(anonymous_mib(pid) for pid in pids))
                if not pids:
                    pids = self.peer.pids()
            except (OSError, AttributeError, ValueError, subprocess.CalledProcessError):
                pids = []  # mounted again meanwhile

    def end(self):
        self.ended.set()
        self.thread.join()
        return self.peak


def settle(peer, rows):
    """A mount takes up the right to write for some seconds: the first fsync waits for it, later ones do not."""
    path = os.path.join(peer.mount_point, "first")
    rows["mounted until a first fsync has returned, s"] = timed(lambda: save(path, b"first"))
    os.unlink(path)
    peer.drain()


def wrong(peer, where):
    sys.exit(f"bench: WRONG DATA in {where} of {peer.name}")


def copy_in(peer, path, size_mb, seed=1):
    """Seconds until close, until all of it is on the remotes, and the content's digest."""
    start = time.perf_counter()
    digest = write_random(path, size_mb, seed)
    closed = time.perf_counter() - start
    peer.drain()
    return closed, time.perf_counter() - start, digest


def big(peer, rows, a):
    path = os.path.join(peer.mount_point, "big")
    closed, stored, digest = copy_in(peer, path, GIB)
    rows["write 1 GiB: until close, s"] = closed
    rows["write 1 GiB: until on the remotes, s"] = stored
    if a.no_cold:
        os.unlink(path)
        return
    peer.cold()
    drop_caches()
    peer.stores.take_requests()
    read = []
    seconds = timed(lambda: read.append(sha256(path)))
    if read[0] != digest:
        wrong(peer, "a file read cold")
    rows["cold sequential read of 1 GiB, MB/s"] = GIB * 1.048576 / seconds


def seek(peer, rows, a):
    path = os.path.join(peer.mount_point, "big")
    if not os.path.exists(path):
        write_random(path, GIB)
    peer.cold()
    drop_caches()
    rng = random.Random(13)
    block = random.Random(1).randbytes(1 << 20)
    took = []
    peer.stores.take_requests()
    with open(path, "rb", buffering=0) as f:
        for _ in range(20):
            at = rng.randrange(GIB * 16) << 16
            start = time.perf_counter()
            got = os.pread(f.fileno(), 1 << 16, at)
            took.append((time.perf_counter() - start) * 1000)
            mib, inside = divmod(at, 1 << 20)
            want = (mib.to_bytes(8, "big") + block[8:])[inside:inside + (1 << 16)]
            if got != want:
                wrong(peer, "a random read")
    took.sort()
    asked = peer.stores.take_requests()
    rows["64 KiB at random places of a cold file: p50, ms"] = took[9]
    rows["64 KiB at random places of a cold file: p95, ms"] = took[18]
    rows["64 KiB at random places of a cold file: bytes fetched, KiB each"] = asked["down_bytes"] / 20 / 1024
    os.unlink(path)


def files(peer, rows, a, count, what):
    """A tree of small files in, out and away. Of the stack a sample, counted up."""
    part = max(1, count // a.sample) if peer.name == "rclone" else count
    source = os.path.join(a.root, f"tree{part}")
    if not os.path.isdir(source):
        make_tree(source, part, max(4, part * 16 // 100))
    target = os.path.join(peer.mount_point, "tree")
    scale = count / part
    peer.drain()
    peer.stores.take_requests()
    start = time.perf_counter()
    run(["cp", "-r", source, target])
    rows[f"{what}: cp -r, s"] = (time.perf_counter() - start) * scale
    peer.drain()
    rows[f"{what}: until on the remotes, s"] = (time.perf_counter() - start) * scale
    asked = peer.stores.take_requests()
    rows[f"{what}: requests made"] = sum(n for m, n in asked.items() if m.isupper()) * scale
    if not a.no_cold:
        peer.cold()
        drop_caches()
        # tar does not read what goes to /dev/null.
        rows[f"{what}: cold tar, s"] = scale * timed(
            lambda: run(f"tar cf - -C {target} . | cat > /dev/null", shell=True))
    if tree_digest(source) != tree_digest(target):
        wrong(peer, "a tree")
    rows[f"{what}: rm -rf, s"] = scale * timed(lambda: run(["rm", "-rf", target]))
    peer.drain()


def small(peer, rows, a):
    files(peer, rows, a, 640, "640 small files")


def tree(peer, rows, a):
    files(peer, rows, a, 6400, "6,400 small files")


def meta(peer, rows, a):
    base = os.path.join(peer.mount_point, "meta")
    os.mkdir(base)
    names = [os.path.join(base, f"n{i}") for i in range(20 if peer.name == "rclone" else 5000)]
    for name in names:
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    peer.drain()
    for what, work in [
        ("rename", lambda name: os.rename(name, name + "r")),
        ("unlink", lambda name: os.unlink(name + "r")),
        ("mkdir", os.mkdir),
        ("rmdir", os.rmdir),
    ]:
        rows[f"{what}, /s"] = len(names) / timed(lambda: [work(name) for name in names])
    os.rmdir(base)


def save(path, text):
    """As an editor does."""
    with open(path + ".new", "wb") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.rename(path + ".new", path)


def editor(peer, rows, a):
    path = os.path.join(peer.mount_point, "note.txt")
    took = sorted(timed(lambda: save(path, os.urandom(9000))) for _ in range(11))
    rows["an editor saves a small file with fsync: median, s"] = took[5]
    rows["an editor saves a small file with fsync: worst, s"] = took[-1]
    os.unlink(path)


def readers(peer, rows, a):
    size_mb = 200
    paths = [os.path.join(peer.mount_point, f"reader{i}") for i in range(5)]
    digests = [write_random(path, size_mb, seed) for seed, path in enumerate(paths)]
    peer.cold()
    drop_caches()
    took = [0.0] * len(paths)

    def read(i):
        start = time.perf_counter()
        if run(["sha256sum", paths[i]], capture_output=True, text=True).stdout.split()[0] != digests[i]:
            wrong(peer, "one of five files")
        took[i] = time.perf_counter() - start

    threads = [threading.Thread(target=read, args=(i,)) for i in range(len(paths))]
    whole = timed(lambda: [t.start() for t in threads] and [t.join() for t in threads])
    rows["five readers of five cold files: together, MB/s"] = size_mb * 1.048576 * len(paths) / whole
    rows["five readers of five cold files: slowest, MB/s"] = size_mb * 1.048576 / max(took)
    for path in paths:
        os.unlink(path)


def film(peer, rows, a):
    """A reader at 6 MB/s while 1 GiB and a tree are copied in, through a small cache."""
    path = os.path.join(peer.mount_point, "film")
    size_mb, rate, piece = 240, 6_000_000, 256 << 10
    write_random(path, size_mb)
    peer.cold()
    drop_caches()
    source = os.path.join(a.root, "tree6400")
    if not os.path.isdir(source):
        make_tree(source)

    def copy():
        write_random(os.path.join(peer.mount_point, "beside"), GIB, 3)
        run(["cp", "-r", source, os.path.join(peer.mount_point, "tree")])

    beside = threading.Thread(target=copy)
    beside.start()
    stalls, late = [], 0.0
    start = time.perf_counter()
    with open(path, "rb", buffering=0) as f:
        count = 0
        while piece_read := f.read(piece):
            count += len(piece_read)
            now = time.perf_counter() - start
            behind = now - count / rate - late
            if behind > 0.02:
                late += behind  # the picture stands still for so long
                if now > 1:
                    stalls.append(behind)
            time.sleep(max(0.0, count / rate + late - (time.perf_counter() - start)))
    beside.join()
    rows["a film at 6 MB/s beside copies, cache 512 MiB: longest stall, s"] = max(stalls, default=0.0)
    peer.drain()
    for name in ["film", "beside"]:
        os.unlink(os.path.join(peer.mount_point, name))
    shutil.rmtree(os.path.join(peer.mount_point, "tree"))


def make_film(path, gap):
    """A film whose index is at its end, behind a hole of so many bytes."""
    run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-t", "20", "-c:v", "mpeg4",
         path + ".mp4"])
    with open(path + ".mp4", "rb") as f:
        content = f.read()
    os.unlink(path + ".mp4")
    index = content.rindex(b"moov") - 4
    with open(path, "wb") as f:
        f.write(content[:index] + (1).to_bytes(4, "big") + b"free" + gap.to_bytes(8, "big"))
        f.seek(index + gap)
        f.write(content[index:])


def probe(peer, rows, a):
    count = 200
    folder = os.path.join(peer.mount_point, "films")
    os.mkdir(folder)
    for i in range(count):
        make_film(os.path.join(folder, f"film{i:03d}"), 1 << 30) if i == 0 else run(
            ["cp", "--sparse=always", os.path.join(folder, "film000"), os.path.join(folder, f"film{i:03d}")])
    peer.cold()
    drop_caches()
    peer.stores.take_requests()

    def look():
        for i in range(count):
            run(["ffprobe", "-v", "error", "-show_format", os.path.join(folder, f"film{i:03d}")],
                stdout=subprocess.DEVNULL)

    rows["ffprobe over 200 cold films: each, s"] = timed(look) / count
    rows["ffprobe over 200 cold films: fetched, MB each"] = peer.stores.take_requests()["down_bytes"] / 1e6 / count
    shutil.rmtree(folder)


def elsewhere(peer, path, remote):
    """The parts of a file that are not on that remote."""
    manifest = json.loads(peer.command("manifest", "/" + os.path.basename(path), capture_output=True, text=True).stdout)
    return [(c["offset"], c["size"]) for c in manifest["chunks"] if remote not in c["remote"]]


def hang(peer, rows, a):
    """One remote takes requests and never answers."""
    path = os.path.join(peer.mount_point, "apart")
    write_random(path, GIB)
    speeds = []
    for mode in ["ok", "hang"]:
        peer.cold()
        drop_caches()
        parts = elsewhere(peer, path, "s3")
        peer.stores.set("cloud3", "mode", mode)
        start = time.perf_counter()
        with open(path, "rb", buffering=0) as f:
            for offset, size in parts:
                for at in range(offset, offset + size, 1 << 20):
                    os.pread(f.fileno(), min(1 << 20, offset + size - at), at)
        speeds.append(sum(size for _, size in parts) / 1e6 / (time.perf_counter() - start))
    rows["read of bytes on other remotes: all answer, MB/s"] = speeds[0]
    rows["read of bytes on other remotes: one hangs, MB/s"] = speeds[1]
    copy = os.path.join(peer.mount_point, "meanwhile")
    start = time.perf_counter()
    write_random(copy, 256, 5)
    rows["write of 256 MiB: one hangs, until close, s"] = time.perf_counter() - start
    with open(copy, "rb+") as f:
        os.fsync(f.fileno())
    rows["write of 256 MiB: one hangs, until fsync returns, s"] = time.perf_counter() - start
    peer.stores.set("cloud3", "mode", "ok")
    peer.drain()
    os.unlink(path)
    os.unlink(copy)


def run_groups(peer, groups, a, rows):
    peer.up()
    watch = Watch(peer)
    try:
        settle(peer, rows)
        for group in groups:
            print(f"{peer.name}: {group}", file=sys.stderr)
            before = dict(rows)
            globals()[group](peer, rows, a)
            for name in rows.keys() - before.keys():
                print(f"  {name}: {rows[name]:.2f}", file=sys.stderr)
    finally:
        most = "memory of the processes, RssAnon, peak, MiB"
        rows[most] = max(rows.get(most, 0), watch.end())
        peer.down()
        shutil.rmtree(peer.root, ignore_errors=True)


def measure(a):
    results = {}
    wanted = a.only or GROUPS
    clouds = Clouds(a.root, a.knob)
    try:
        if a.peer == "rclone":
            groups = [g for g in wanted if g not in OURS_ALONE]
            run_groups(RcloneStack(a.root, clouds), groups, a, results.setdefault("rclone", {}))
        rows = results.setdefault("poolfs", {})
        groups = [g for g in wanted if g != "film"]
        if groups:
            run_groups(CloudPool(a.root, clouds), groups, a, rows)
        if "film" in wanted:
            for cloud in clouds.ask():
                shutil.rmtree(os.path.join(clouds.root, "data", cloud, "pool"), ignore_errors=True)
            run_groups(CloudPool(a.root, clouds, ["--cache-size", SMALL_CACHE]), ["film"], a, rows)
    finally:
        clouds.close()
    return results
