"""The clouds of scripts/cloudsim as stores."""

import json
import os
import urllib.request

from benches.peers import REMOTES
from benches.tools import HERE, run


class Clouds:
    def __init__(self, root, knobs):
        self.root = os.path.join(root, "clouds")
        self.script = os.path.join(HERE, "scripts", "cloudsim")
        run([self.script, "start", "--root", self.root, "--clouds", str(REMOTES), *knobs])
        with open(os.path.join(self.root, "control")) as f:
            self.control = f.read().strip()
        self.take_requests()

    def close(self):
        run([self.script, "stop", "--root", self.root])

    def ask(self, path="", method="GET"):
        with urllib.request.urlopen(urllib.request.Request(self.control + path, method=method)) as answer:
            return json.load(answer)

    def set(self, cloud, knob, value):
        self.ask(f"{cloud}?{knob}={value}", "POST")

    def sections(self):
        return "".join(f"[s{i}]\ntype = webdav\nvendor = other\nurl = {cloud['url']}\n\n"
                       for i, cloud in enumerate(self.ask().values(), 1))

    def of_pool(self):
        return [word for i in range(1, REMOTES + 1) for word in ("--remote", f"s{i}:pool")]

    def stored_files(self):
        return sum(len(files) for _, _, files in os.walk(os.path.join(self.root, "data")))

    def take_requests(self):
        """Requests by method and bytes down since the last time."""
        sums = {"down_bytes": 0, "up_bytes": 0}
        for cloud in self.ask().values():
            sums["down_bytes"] += cloud["down_bytes"]
            sums["up_bytes"] += cloud["up_bytes"]
            for method, count in cloud["requests"].items():
                sums[method] = sums.get(method, 0) + count
        self.ask("reset", "POST")
        return sums
