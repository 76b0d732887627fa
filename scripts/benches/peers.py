"""What is mounted and measured: poolfs, and the rclone stack that a user would take instead."""

import json
import os
import shutil
import subprocess

from benches.tools import HERE, run, wait

POOLFS = os.environ.get("POOLFS_COMMAND", os.path.join(HERE, "scripts", "poolfs"))
REMOTES = 5


class Folders:
    """Local folders to store in."""

    def __init__(self, root):
        self.folders = [os.path.join(root, "store", f"d{i}") for i in range(1, REMOTES + 1)]
        for folder in self.folders:
            os.makedirs(folder)

    def sections(self):
        """rclone's sections of remotes s1 to sN."""
        return "".join(f"[s{i}]\ntype = alias\nremote = {d}\n\n" for i, d in enumerate(self.folders, 1))

    def of_pool(self):
        """Options of `poolfs init`."""
        return [word for folder in self.folders for word in ("--local", folder)]

    def stored_files(self):
        return sum(len(files) for folder in self.folders for _, _, files in os.walk(folder))


class Peer:
    """Something that can be mounted over REMOTES remotes; `stores` is a Folders or a Clouds."""

    def __init__(self, root, stores=None):
        self.root = os.path.join(root, self.name)
        self.mount_point = os.path.join(self.root, "mnt")
        os.makedirs(self.mount_point)
        self.stores = stores or Folders(self.root)

    def stored_files(self):
        return self.stores.stored_files()


class RcloneStack(Peer):
    name = "rclone"

    def up(self):
        secret = run(["rclone", "obscure", "bench"], capture_output=True, text=True).stdout.strip()
        lines = [self.stores.sections()]
        for i in range(1, REMOTES + 1):
            lines += [f"[c{i}]", "type = crypt", f"remote = s{i}:stack", f"password = {secret}", ""]
        upstreams = " ".join(f"c{i}:" for i in range(1, REMOTES + 1))
        lines += ["[union]", "type = union", f"upstreams = {upstreams}", "create_policy = rand", ""]
        lines += ["[pool]", "type = chunker", "remote = union:", "chunk_size = 100M", ""]
        self.config = os.path.join(self.root, "rclone.conf")
        with open(self.config, "w") as f:
            f.write("\n".join(lines))
        self.start()

    def start(self):
        self.cache = os.path.join(self.root, "cache")
        os.makedirs(self.cache, exist_ok=True)
        self.process = subprocess.Popen(
            ["rclone", "mount", "pool:", self.mount_point, "--config", self.config, "--vfs-cache-mode", "full",
             "--cache-dir", self.cache, "--log-file", os.path.join(self.root, "log")])
        wait(lambda: os.path.ismount(self.mount_point), "the rclone mount")

    def pids(self):
        return [self.process.pid]

    def dirty(self):
        count = 0
        for folder, _, files in os.walk(os.path.join(self.cache, "vfsMeta")):
            for name in files:
                try:
                    with open(os.path.join(folder, name)) as f:
                        count += '"Dirty": true' in f.read()
                except FileNotFoundError:
                    pass
        return count

    def drain(self):
        wait(lambda: self.dirty() == 0, "rclone's upload", 3600)

    def cold(self):
        """Mounts again with nothing cached."""
        self.drain()
        self.down()
        shutil.rmtree(self.cache)
        self.start()

    def down(self):
        run(["fusermount3", "-u", self.mount_point], check=False)
        self.process.wait(60)


class Poolfs(Peer):
    name = "poolfs"
    options = ()

    def command(self, *args, **kw):
        return run([POOLFS, *args], env=self.env, **kw)

    def up(self):
        self.create()
        self.start()

    def create(self):
        self.home = home = os.path.join(self.root, "home")
        os.makedirs(home)
        self.env = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home + "/.config",
                    "XDG_STATE_HOME": home + "/.local/state", "XDG_CACHE_HOME": os.path.expanduser("~/.cache"),
                    "RCLONE_CONFIG": home + "/rclone.conf", "POOLFS_CACHE_ROOT": os.path.join(self.root, "cache")}
        self.env.pop("POOLFS_POOL", None)
        with open(home + "/rclone.conf", "w") as f:
            f.write(self.stores.sections())
        self.cache = os.path.join(self.root, "cache")
        self.command("init", "bench", "--yes", "--encrypt", "--cache-dir", self.cache, *self.options,
                     *self.stores.of_pool(), stdout=subprocess.DEVNULL)

    def config(self):
        return os.path.join(self.home, ".config", "poolfs", "bench.yaml")

    def start(self):
        self.command("mount", self.mount_point)

    def pids(self):
        """Of the daemon and of its rclone."""
        status = json.loads(self.command("status", "--json", capture_output=True, text=True).stdout)
        children = run(["pgrep", "-P", str(status["pid"])], capture_output=True, text=True, check=False).stdout
        return [status["pid"], *map(int, children.split())]

    def drain(self):
        self.command("flush", stdout=subprocess.DEVNULL)

    def cold(self):
        """Mounts again with nothing cached."""
        self.drain()
        self.down()
        shutil.rmtree(self.cache)
        self.start()

    def down(self):
        daemon = self.pids()[0]
        self.command("umount", self.mount_point, stdout=subprocess.DEVNULL)
        wait(lambda: not os.path.exists(f"/proc/{daemon}"), "the end of the daemon")
