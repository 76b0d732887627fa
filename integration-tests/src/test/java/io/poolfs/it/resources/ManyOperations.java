package io.poolfs.it.resources;

import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fs.PoolFileSystem.AttributeChange;
import io.poolfs.core.fs.PoolFileSystem.RenameMode;
import io.poolfs.core.fs.PoolFileSystem.XattrMode;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/**
 * Random operations on a directory of its own, forever of about the same size: creates, rewrites, reads, deletes,
 * renames, attributes, now and then an fsync. What is read is what was written. Used by one thread.
 */
final class ManyOperations {
    private static final PoolFileSystem.Caller CALLER = new PoolFileSystem.Caller(0, 0);
    private static final int SLOTS = 1_200;
    private static final int SMALL_BYTES = 8 << 10;
    private static final int LARGE_BYTES = 400 << 10;
    private static final int ONE_LARGE_IN = 200;
    private static final byte[] ATTRIBUTE = "user.soak".getBytes(StandardCharsets.US_ASCII);

    private final PoolFileSystem files;
    private final Random random;
    private final long directory;

    /** Seeds of the contents by slot; 0 = there is no file. */
    private final long[] contents = new long[SLOTS];

    private final ByteBuffer buffer = ByteBuffer.allocate(LARGE_BYTES + 1);

    ManyOperations(PoolFileSystem files, long seed, String name) throws PoolException {
        this.files = files;
        this.random = new Random(seed);
        this.directory = files.makeDirectory(null, CALLER, Inode.ROOT, FileName.of(name), 0755)
                .number();
    }

    void run(long operations) throws PoolException {
        for (long i = 0; i < operations; i++) {
            // The lower a slot the more it is used: most of what is read is cached.
            double skewed = random.nextDouble() * random.nextDouble() * random.nextDouble();
            int slot = (int) (SLOTS * skewed);
            if (contents[slot] == 0) {
                write(slot, true);
            } else {
                use(slot, random.nextInt(1000));
            }
        }
    }

    /** Every file is there and is what it must be. */
    void checkAll() throws PoolException {
        for (int slot = 0; slot < SLOTS; slot++) {
            if (contents[slot] != 0) {
                read(slot);
            }
        }
    }

    private void use(int slot, int dice) throws PoolException {
        if (dice < 350) {
            read(slot);
        } else if (dice < 550) {
            files.attributes(inode(slot));
        } else if (dice < 700) {
            write(slot, false);
        } else if (dice < 850) {
            files.unlink(null, directory, name(slot));
            contents[slot] = 0;
        } else if (dice < 900) {
            rename(slot, random.nextInt(SLOTS));
        } else if (dice < 950) {
            files.setAttributes(
                    null,
                    inode(slot),
                    null,
                    new AttributeChange(0600, null, null, null, null, random.nextLong() >>> 4));
        } else if (dice < 999) {
            files.setXattr(null, inode(slot), ATTRIBUTE, new byte[random.nextInt(100)], XattrMode.CREATE_OR_REPLACE);
        } else if (random.nextInt(20) == 0) {
            long handle = files.open(null, inode(slot), true, false).handle();
            files.sync(handle);
            files.release(handle);
        }
    }

    private void write(int slot, boolean create) throws PoolException {
        long seed = random.nextLong() | 1;
        long handle = create
                ? files.create(null, CALLER, directory, name(slot), 0644, true).handle()
                : files.open(null, inode(slot), true, true).handle();
        try {
            files.write(handle, 0, ByteBuffer.wrap(content(seed)));
            files.flush(handle);
        } finally {
            files.release(handle);
        }
        contents[slot] = seed;
    }

    private void read(int slot) throws PoolException {
        long handle = files.open(null, inode(slot), false, false).handle();
        try {
            buffer.clear();
            int count;
            do {
                count = files.read(handle, buffer.position(), buffer);
            } while (count > 0 && buffer.hasRemaining());
            byte[] expected = content(contents[slot]);
            if (!Arrays.equals(buffer.array(), 0, buffer.position(), expected, 0, expected.length)) {
                throw new AssertionError("another content of " + name(slot) + ": " + buffer.position()
                        + " bytes, wanted " + expected.length);
            }
        } finally {
            files.release(handle);
        }
    }

    private void rename(int slot, int to) throws PoolException {
        if (slot != to) {
            files.rename(null, directory, name(slot), directory, name(to), RenameMode.REPLACE);
            contents[to] = contents[slot];
            contents[slot] = 0;
        }
    }

    private long inode(int slot) throws PoolException {
        return files.lookup(directory, name(slot)).number();
    }

    private static FileName name(int slot) throws PoolException {
        return FileName.of("file" + slot);
    }

    /** Cheap to make, and different from any other. */
    private static byte[] content(long seed) {
        boolean large = Long.remainderUnsigned(seed, ONE_LARGE_IN) == 0;
        int size = (int) Long.remainderUnsigned(seed >>> 8, large ? LARGE_BYTES : SMALL_BYTES);
        byte[] content = new byte[size];
        long word = seed;
        for (int i = 0; i < size; i++) {
            if (i % Long.BYTES == 0) {
                word = word * 6364136223846793005L + 1442695040888963407L;
            }
            content[i] = (byte) (word >>> (8 * (i % Long.BYTES)));
        }
        return content;
    }
}
