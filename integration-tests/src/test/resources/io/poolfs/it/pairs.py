"""Opens a file twice, in every pair of ways, and changes it through both; what must be there then is printed as JSON."""
import hashlib, json, mmap, os, sys

SIZE = 300_000
WAYS = ["read", "write", "both", "map", "mapwrite", "append", "truncate"]


def content(name):
    seed = hashlib.sha256(name.encode()).digest()
    return bytearray((seed * (SIZE // len(seed) + 1))[:SIZE])


class Way:
    def __init__(self, kind, path, model, mark):
        self.kind, self.path, self.model, self.mark = kind, path, model, mark
        self.view = None
        flags = {
            "read": os.O_RDONLY, "map": os.O_RDONLY, "write": os.O_WRONLY, "both": os.O_RDWR,
            "mapwrite": os.O_RDWR, "append": os.O_WRONLY | os.O_APPEND, "truncate": os.O_RDWR | os.O_TRUNC}[kind]
        self.file = os.open(path, flags)
        if kind == "truncate":
            del model[:]
        if kind == "map" and model:
            self.view = mmap.mmap(self.file, len(model), mmap.MAP_SHARED, mmap.PROT_READ)
        if kind == "mapwrite" and model:
            self.view = mmap.mmap(self.file, len(model), mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)

    def put(self, at, data):
        if len(self.model) < at + len(data):
            self.model.extend(bytes(at + len(data) - len(self.model)))
        self.model[at:at + len(data)] = data

    def change(self, at):
        if self.file < 0 and self.view is None:
            return
        data = (self.mark * 20).encode()
        if self.kind in ("write", "both", "truncate"):
            assert os.pwrite(self.file, data, at) == len(data)
            self.put(at, data)
        elif self.kind == "append":
            os.write(self.file, data)
            self.put(len(self.model), data)
        elif self.kind == "mapwrite" and self.view is not None and at + len(data) <= len(self.model):
            self.view[at:at + len(data)] = data
            self.put(at, data)

    def check(self):
        if self.kind in ("read", "both", "truncate", "mapwrite"):
            found = os.pread(self.file, len(self.model) + 10, 0)
            assert found == self.model, (self.kind, self.path, len(found), len(self.model))
        if self.kind == "map" and self.view is not None and len(self.model) >= len(self.view):
            assert self.view[:] == self.model[:len(self.view)], (self.kind, self.path)

    def close(self):
        if self.file >= 0:
            os.close(self.file)
            self.file = -1


def run(directory, a, b, models):
    name = a + "-" + b
    path, model = os.path.join(directory, name), content(name)
    models[name] = model
    first = Way(a, path, model, "a")
    first.check()
    second = Way(b, path, model, "b")
    both = (first, second)
    for step, way in enumerate(both * 2):
        way.change(5_000 + 70_000 * step)
        if way.kind == "mapwrite" and way.view is not None and len(model) >= SIZE:
            way.view.flush()
        # What is mapped writable without passing through shows to others when it is written back.
        for each in both:
            each.check()
    first.close()
    second.check()
    for way in both:
        way.change(290_000)
    second.close()
    for way in both:
        # The mapping outlives its descriptor.
        if way.kind == "mapwrite" and way.view is not None and len(model) >= SIZE:
            way.view[100:110] = b"0123456789"
            way.put(100, b"0123456789")
            way.view.flush()
        if way.view is not None:
            way.view.close()
    with open(path, "rb") as f:
        found = f.read()
    assert found == model, (name, "afterwards", len(found), len(model))


directory, what = sys.argv[1], sys.argv[2]
pairs = [(a, b) for a in WAYS for b in WAYS]
if what == "make":
    for a, b in pairs:
        with open(os.path.join(directory, a + "-" + b), "wb") as f:
            f.write(content(a + "-" + b))
elif what == "warm":
    for a, b in pairs:
        with open(os.path.join(directory, a + "-" + b), "rb") as f:
            assert f.read() == content(a + "-" + b)
else:
    models = {}
    for a, b in pairs:
        run(directory, a, b, models)
    json.dump({name: hashlib.sha256(model).hexdigest() for name, model in models.items()}, sys.stdout)
