"""A pool of a million files: first ls, memory, recovery."""

import os
import random
import shutil
import subprocess
import sys

from benches.peers import Poolfs
from benches.tools import HERE, anonymous_mib, drop_caches, memory, run, timed


def fill(pool, folders, files_per_folder):
    run(["mvn", "-q", "-Dquick", "-Dplain", "-pl", "integration-tests", "-am", "test-compile"], cwd=HERE)
    libraries = os.path.join(HERE, "cli", "target", "dist", "lib", "*")
    programs = os.path.join(HERE, "integration-tests", "target", "test-classes")
    run(["java", "-Xmx512m", "-XX:+UseSerialGC", "--add-opens=java.base/java.nio=ALL-UNNAMED",
         "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "-cp", f"{programs}:{libraries}", "io.poolfs.it.bench.FillPool",
         pool.config(), str(folders), str(files_per_folder)], env=pool.env)


def list_all(pool, files):
    listed = run(["find", pool.mount_point, "-type", "f", "-printf", "x"], capture_output=True).stdout
    if len(listed) != files:
        sys.exit(f"bench: find sees {len(listed)} of {files} files")


def check_sample(pool, folders, files_per_folder):
    rng = random.Random(7)
    for _ in range(200):
        path = f"/d{rng.randrange(folders):04d}/file-{rng.randrange(files_per_folder):04d}"
        with open(pool.mount_point + path) as f:
            if f.read() != path + "\n":
                sys.exit(f"bench: WRONG DATA in {path}")


def measure(a):
    folders, files_per_folder = 1000, a.files // 1000
    files = folders * files_per_folder
    rows = {}
    pool = Poolfs(a.root)
    pool.create()
    print(f"filling a pool with {files} files", file=sys.stderr)
    rows["made by the engine, files/s"] = files / timed(lambda: fill(pool, folders, files_per_folder))
    rows["objects on the remotes"] = pool.stored_files()
    drop_caches()

    def first_look():
        pool.start()
        run(["ls", pool.mount_point], stdout=subprocess.DEVNULL)

    rows["mount until the first ls has answered, s"] = timed(first_look)
    try:
        rows["RssAnon then, MiB"] = anonymous_mib(pool.pids()[0])
        rows["find -type f over all, s"] = timed(lambda: list_all(pool, files))
        rows["RssAnon after that, MiB"] = anonymous_mib(pool.pids()[0])
        check_sample(pool, folders, files_per_folder)
    finally:
        pool.down()
    shutil.rmtree(os.path.join(pool.home, ".local"))
    shutil.rmtree(os.path.join(pool.root, "cache"))
    drop_caches()
    rows["recover from the remotes alone, s"] = timed(
        lambda: pool.command("recover", stdout=subprocess.DEVNULL))
    rows["first mount after that until ls has answered, s"] = timed(first_look)
    try:
        list_all(pool, files)
        check_sample(pool, folders, files_per_folder)
        rows["daemon memory, peak, MiB"] = memory(pool.pids()[0])
    finally:
        pool.down()
    return {"poolfs": rows}
