"""One mount beside others, all with the file cached: raw tmpfs, poolfs in its three ways, rclone mount, bindfs.

Each row is taken from one after the other, so that a figure's neighbours come from the same minute. CPU is that of the
process that serves the mount, with its children.
"""

import os
import shutil
import subprocess
import sys

from benches.peers import Peer, Poolfs
from benches.tools import drop_caches, fio, run, sha256, timed, wait, write_random

SIZE_MB = 512
SECONDS = 3
NAMES = 10_000
ENTRIES = 100_000
GROUPS = ["data", "meta", "bigdir"]


class Raw:
    name = "raw tmpfs"

    def __init__(self, root):
        self.root = self.mount_point = os.path.join(root, "raw")
        os.makedirs(self.root)

    def up(self):
        pass

    def drain(self):
        pass

    def pids(self):
        return []

    def down(self):
        pass


class Bindfs(Raw):
    name = "bindfs"

    def __init__(self, root):
        self.root = os.path.join(root, "bindfs")
        self.mount_point = os.path.join(self.root, "mnt")
        self.below = os.path.join(self.root, "below")
        os.makedirs(self.mount_point)
        os.makedirs(self.below)

    def up(self):
        self.process = subprocess.Popen(["bindfs", "-f", self.below, self.mount_point])
        wait(lambda: os.path.ismount(self.mount_point), "the bindfs mount")

    def pids(self):
        return [self.process.pid]

    def down(self):
        run(["fusermount3", "-u", self.mount_point], check=False)
        self.process.wait(60)


class RcloneMount(Bindfs):
    """Over a plain local folder: no encryption, no union."""

    name = "rclone mount"

    def __init__(self, root):
        super().__init__(os.path.join(root, "rclone"))

    def up(self):
        config = os.path.join(self.root, "rclone.conf")
        open(config, "w").close()
        self.process = subprocess.Popen(
            ["rclone", "mount", self.below, self.mount_point, "--config", config, "--vfs-cache-mode", "full",
             "--cache-dir", os.path.join(self.root, "cache"), "--log-file", os.path.join(self.root, "log")])
        wait(lambda: os.path.ismount(self.mount_point), "the rclone mount")


class OverPoolfs(Poolfs):
    """Its cache holds the whole file twice over, so that half of it may be lent."""

    options = ("--cache-size", "2G")

    def __init__(self, root):
        Peer.__init__(self, root)

    def start(self):
        self.command("mount", self.mount_point, "-o", self.mount_options)


class Passthrough(OverPoolfs):
    name = "poolfs passthrough"
    mount_options = "transport=kernel"


class Plain(OverPoolfs):
    name = "poolfs plain"
    mount_options = "transport=kernel,passthrough=off"


class Jnr(OverPoolfs):
    name = "poolfs jnr"
    mount_options = "transport=jnr"


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def data(peer, rows):
    path = os.path.join(peer.mount_point, "big")
    expected = None

    def write():
        nonlocal expected
        expected = write_random(path, SIZE_MB)

    write()
    peer.drain()
    if sha256(path) != expected or sha256(path) != expected:
        sys.exit(f"bench: WRONG DATA read back through {peer.name}")
    rows["sequential read, MB/s"] = fio(path, "read", "1M", SIZE_MB, SECONDS, 0)[0]
    pids = peer.pids()
    before = cpu_seconds(pids)
    speed = fio(path, "read", "1M", SIZE_MB, SECONDS, 1)[0]
    rows["sequential read direct, MB/s"] = speed
    rows["CPU of the server, ms per GB read direct"] = (cpu_seconds(pids) - before) * 1e6 / (speed * SECONDS)
    rows["4 KiB random read direct, /s"] = fio(path, "randread", "4k", SIZE_MB, SECONDS, 1)[1]
    zeros = os.path.join(peer.mount_point, "zeros")
    rows["sequential write, MB/s"] = SIZE_MB * 1.048576 / timed(
        lambda: run(["dd", "if=/dev/zero", f"of={zeros}", "bs=1M", f"count={SIZE_MB}", "status=none"]))
    os.unlink(zeros)
    os.unlink(path)
    peer.drain()


def each(names, work):
    for name in names:
        work(name)


def by_four(work):
    """By processes, so that Python's lock does not count."""
    children = []
    for part in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                work(part)
                os._exit(0)
            finally:
                os._exit(1)
        children.append(pid)
    if any(os.waitpid(pid, 0)[1] for pid in children):
        sys.exit("bench: one of four failed")


def meta(peer, rows):
    base = os.path.join(peer.mount_point, "meta")
    folders = [os.path.join(base, f"d{i}") for i in range(100)]
    os.mkdir(base)
    each(folders, os.mkdir)
    names = [os.path.join(folders[i % 100], f"f{i}") for i in range(NAMES)]
    more = [os.path.join(folders[i % 100], f"g{i}") for i in range(NAMES)]

    def create(name):
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY))

    rows["create, one thread, /s"] = NAMES / timed(lambda: each(names, create))
    rows["create, four, /s"] = NAMES / timed(lambda: by_four(lambda part: each(more[part::4], create)))
    peer.drain()
    drop_caches()
    rows["stat, cold dentries, one thread, /s"] = NAMES / timed(lambda: each(names, os.stat))
    drop_caches()
    rows["stat, cold dentries, four, /s"] = NAMES / timed(lambda: by_four(lambda part: each(names[part::4], os.stat)))
    drop_caches()

    def list_all():
        for folder in folders:
            for entry in os.scandir(folder):
                entry.stat()

    rows["readdir + stat, /s"] = 2 * NAMES / timed(list_all)
    shutil.rmtree(base)


def bigdir(peer, rows):
    base = os.path.join(peer.mount_point, "bigdir")
    os.mkdir(base)
    for i in range(ENTRIES):
        os.close(os.open(f"{base}/file-{i:06d}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    peer.drain()
    drop_caches()
    rows["100,000 entries: ls -l, s"] = timed(lambda: run(["ls", "-l", base], stdout=subprocess.DEVNULL))
    rows["100,000 entries: rm -rf, s"] = timed(lambda: run(["rm", "-rf", base]))


def measure(a):
    kinds = [Raw, Passthrough, Plain, Jnr, RcloneMount, Bindfs]
    if a.peer == "none":
        kinds = [Raw, Passthrough, Plain, Jnr]
    if not shutil.which("bindfs"):
        kinds = [kind for kind in kinds if kind is not Bindfs]
    results = {kind.name: {} for kind in kinds}
    for group in a.only or GROUPS:
        for kind in kinds:
            print(f"{kind.name}: {group}", file=sys.stderr)
            peer = kind(a.root)
            peer.up()
            try:
                globals()[group](peer, results[kind.name])
            finally:
                peer.down()
                shutil.rmtree(peer.root, ignore_errors=True)
    return results
