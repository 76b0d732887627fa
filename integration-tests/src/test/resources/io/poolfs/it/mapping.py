"""Holds a file of the pool mapped, without a descriptor. "hash": what it sees; "write": changes it, if it may."""
import hashlib, mmap, os, sys

writable = sys.argv[2] == "write"
reader = os.open(sys.argv[1], os.O_RDONLY)
file = os.open(sys.argv[1], os.O_RDWR if writable else os.O_RDONLY)
view = mmap.mmap(file, 0, mmap.MAP_SHARED, mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0))
if not writable:
    os.close(file)
    os.close(reader)
print("mapped", flush=True)
for line in sys.stdin:
    if line.strip() == "hash":
        print(hashlib.sha256(view).hexdigest(), flush=True)
    else:
        view[1_000_000:1_000_006] = b"change"
        print("written", flush=True)
