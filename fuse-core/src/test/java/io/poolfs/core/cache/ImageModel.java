package io.poolfs.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.time.Monitor;
import io.poolfs.core.time.Scheduler;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One image beside the byte array that it must equal, and the metadata beneath it, under random operations. */
final class ImageModel implements AutoCloseable {
    static final long INODE = 0x1234;

    private static final int BLOCK = Image.BLOCK_BYTES;
    private static final int SLAB = BlockMap.SLAB_BLOCKS * BLOCK;
    private static final int MAX_BYTES = SLAB + 40 * BLOCK;
    private static final long LIMIT = 64L << 20;

    private final Scheduler scheduler;
    private final Path dir;
    private final Random random;
    private LocalFiles files;
    private final ModelRecords records = new ModelRecords(INODE, MAX_BYTES + BLOCK);

    private ByteBudget budget;
    private ImageStore store;
    private Image image;
    private byte[] content = new byte[0];

    /** What the content will be when the operation under way is done. */
    private byte[] next = content;

    private final List<OpenSeal> seals = new ArrayList<>();
    private Image.Landing landing;
    private byte[] landingBytes = new byte[0];
    private long clock = 1000;

    /** A seal and what the model knows of it: the content when it was sealed, and what the metadata said of it then. */
    private static final class OpenSeal {
        final Image.Seal seal;
        final boolean version;
        final byte[] expected;
        final byte[] beneath;
        boolean copied;

        OpenSeal(Image.Seal seal, boolean version, byte[] expected, byte[] beneath) {
            this.seal = seal;
            this.version = version;
            this.expected = expected;
            this.beneath = beneath;
        }
    }

    ImageModel(Scheduler scheduler, LocalFiles files, Path dir, Random random) throws PoolException {
        this.scheduler = scheduler;
        this.files = files;
        this.dir = dir;
        this.random = random;
        open();
    }

    Image image() {
        return image;
    }

    ModelRecords records() {
        return records;
    }

    byte[] content() {
        return content;
    }

    int size() {
        return content.length;
    }

    private void open() throws PoolException {
        budget = new ByteBudget(scheduler, LIMIT);
        store = ImageStore.open(scheduler, files, dir, budget, records);
        image = store.acquire(records.now());
    }

    /** As after a kill: nothing of the old objects is used again. */
    void reopen() throws PoolException {
        store.close();
        seals.clear();
        landing = null;
        open();
    }

    /**
     * After a kill in the middle of an operation: every byte is what it was before it or what the operation made of it,
     * and the size is one of the two, or between them for a write in parts. What is seen is the content from here on.
     */
    void reopenAfterKill(LocalFiles newFiles) throws PoolException {
        files = newFiles;
        reopen();
        byte[] seen = view();
        assertThat(seen.length)
                .as("size after the kill")
                .isBetween(Math.min(content.length, next.length), Math.max(content.length, next.length));
        for (int i = 0; i < seen.length; i++) {
            byte before = i < content.length ? content[i] : 0;
            byte after = i < next.length ? next[i] : 0;
            if (seen[i] != before && seen[i] != after) {
                throw new AssertionError("byte " + i + " is " + seen[i] + ", was " + before + " or " + after);
            }
        }
        content = seen;
        next = seen;
    }

    @Override
    public void close() {
        store.close();
    }

    /** One random operation; returns what it was. */
    String step() throws PoolException {
        int dice = random.nextInt(100);
        if (dice < 30) {
            return write();
        } else if (dice < 36) {
            return truncate(randomOffset());
        } else if (dice < 44) {
            return punch();
        } else if (dice < 50) {
            image.setTimes(null, 5L, ++clock);
            return "times";
        } else if (dice < 58) {
            return land();
        } else if (dice < 63) {
            return installLanding();
        } else if (dice < 70) {
            return evict();
        } else if (dice < 76) {
            return seal();
        } else if (dice < 82) {
            return sealRange();
        } else if (dice < 94) {
            return progressSeal();
        } else if (dice < 96) {
            store.release(image);
            image = store.acquire(records.now());
            return "release and acquire";
        } else if (dice < 98) {
            reopen();
            return "reopen";
        }
        return truncate(0);
    }

    private int randomOffset() {
        int near = random.nextInt(3) == 0 ? SLAB - 10 * BLOCK : 0;
        int offset = near + random.nextInt(30) * BLOCK;
        return random.nextBoolean() ? offset : offset + random.nextInt(BLOCK);
    }

    String write() throws PoolException {
        int offset = randomOffset();
        int length = 1 + random.nextInt(random.nextBoolean() ? 100 : 5 * BLOCK);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (OpenSeal seal : seals) {
            copy(seal);
        }
        next = Arrays.copyOf(content, Math.max(content.length, offset + length));
        System.arraycopy(bytes, 0, next, offset, length);
        ByteBuffer src = ByteBuffer.wrap(bytes);
        while (src.hasRemaining()) {
            for (ByteRange edge : image.edges(offset, length)) {
                bringIn(edge);
            }
            try {
                image.write(offset, src, ++clock, scheduler.deadlineAfter(java.time.Duration.ofSeconds(5)));
            } catch (PoolException e) {
                if (e.reason() != Reason.STALE) {
                    throw e;
                }
            }
        }
        content = next;
        return "write " + offset + "+" + length;
    }

    String truncate(int size) throws PoolException {
        // A copy of a sealed block is taken before it changes, or the seal breaks: both are tried.
        if (random.nextBoolean()) {
            for (OpenSeal seal : seals) {
                copy(seal);
            }
        }
        next = Arrays.copyOf(content, size);
        image.truncate(size, ++clock, random.nextBoolean());
        content = next;
        return "truncate " + size;
    }

    private String punch() throws PoolException {
        int from = randomOffset() / BLOCK * BLOCK;
        int length = (1 + random.nextInt(6)) * BLOCK;
        next = content.clone();
        if (from < content.length) {
            Arrays.fill(next, from, Math.min(content.length, from + length), (byte) 0);
        }
        image.punch(from, length, ++clock);
        content = next;
        return "punch " + from + "+" + length;
    }

    private String land() throws PoolException {
        if (landing != null) {
            landing.close();
        }
        landing = image.land(randomOffset(), 8 * BLOCK);
        ByteRange range = landing.range();
        landingBytes = records.resolve((int) range.offset(), (int) range.end(), limit());
        return "land " + range;
    }

    private String installLanding() throws PoolException {
        if (landing == null) {
            return "nothing to install";
        }
        long cost = landing.costBytes(landing.range().lengthBytes());
        budget.reserve(Budget.Use.CLEAN, cost, 0);
        landing.install(landing.range().offset(), ByteBuffer.wrap(landingBytes), cost, false);
        if (random.nextBoolean()) {
            landing.close();
            landing = null;
        }
        return "install";
    }

    /** As a fetch of the metadata's content into the range. */
    private void bringIn(ByteRange range) throws PoolException {
        try (Image.Landing own = image.land(range.offset(), range.lengthBytes())) {
            ByteRange blocks = own.range();
            byte[] bytes = records.resolve((int) blocks.offset(), (int) blocks.end(), limit());
            long cost = own.costBytes(bytes.length);
            budget.reserve(Budget.Use.CLEAN, cost, 0);
            own.install(blocks.offset(), ByteBuffer.wrap(bytes), cost, false);
        }
    }

    private long limit() {
        return image.baseLimit(records.version()).orElseThrow();
    }

    private String evict() throws PoolException {
        store.makeRoom(random.nextInt(4) == 0 ? LIMIT : 1);
        return "evict";
    }

    private String seal() throws PoolException {
        if (!seals.isEmpty()) {
            return "no second seal";
        }
        try (Monitor.Hold hold = image.lock()) {
            Image.Seal seal = image.seal();
            byte[] beneath = records.resolve(0, content.length, limit());
            seals.add(new OpenSeal(seal, true, content.clone(), beneath));
        }
        return "seal of version " + (records.version() + 1);
    }

    private String sealRange() throws PoolException {
        Image.Seal seal = image.sealRange(randomOffset(), 10 * BLOCK);
        if (seal != null) {
            seals.add(new OpenSeal(seal, false, content.clone(), new byte[0]));
        }
        return "seal of " + (seal == null ? "nothing" : seal.ranges());
    }

    private String progressSeal() throws PoolException {
        if (seals.isEmpty()) {
            return "no seal";
        }
        OpenSeal seal = seals.get(random.nextInt(seals.size()));
        String what = (seal.version ? "version " : "range ") + seal.seal.ranges();
        switch (random.nextInt(4)) {
            case 0 -> {
                return what + (copy(seal) ? " copied" : " broken");
            }
            case 1 -> {
                return what + (upload(seal) ? " uploaded" : " broken");
            }
            case 2 -> {
                return what + finish(seal);
            }
            default -> {
                seal.seal.failed();
                seals.remove(seal);
                return what + " failed";
            }
        }
    }

    /** Reads all that is sealed and releases it to writers; false when the seal is broken. */
    private boolean copy(OpenSeal open) throws PoolException {
        for (ByteRange range : open.copied ? List.<ByteRange>of() : open.seal.ranges()) {
            byte[] bytes = new byte[(int) range.lengthBytes()];
            try {
                open.seal.read(range.offset(), ByteBuffer.wrap(bytes));
            } catch (PoolException e) {
                assertThat(e.reason()).isEqualTo(Reason.STALE);
                return false;
            }
            assertThat(Arrays.mismatch(
                            bytes, Arrays.copyOfRange(open.expected, (int) range.offset(), (int) range.end())))
                    .as("first difference in sealed " + range)
                    .isEqualTo(-1);
            open.seal.copied(range);
        }
        open.copied = true;
        return true;
    }

    private boolean upload(OpenSeal open) throws PoolException {
        if (!copy(open)) {
            return false;
        }
        try (Monitor.Hold hold = image.lock()) {
            for (ByteRange range : open.seal.ranges()) {
                for (ByteRange part : open.seal.unchanged(range)) {
                    records.putPending(part, Arrays.copyOfRange(open.expected, (int) part.offset(), (int) part.end()));
                }
                open.seal.uploaded(range);
            }
        }
        return true;
    }

    private String finish(OpenSeal open) throws PoolException {
        boolean whole = random.nextBoolean() ? upload(open) : copy(open);
        seals.remove(open);
        if (!whole || !open.version) {
            open.seal.failed();
            return " ended";
        }
        return commit(open);
    }

    private String commit(OpenSeal open) throws PoolException {
        byte[] committed = open.beneath.clone();
        for (ByteRange range : open.seal.ranges()) {
            System.arraycopy(
                    open.expected, (int) range.offset(), committed, (int) range.offset(), (int) range.lengthBytes());
        }
        assertThat(Arrays.mismatch(committed, open.expected))
                .as("first difference in the sealed content")
                .isEqualTo(-1);
        try (Monitor.Hold hold = image.lock()) {
            List<ByteRange> drop = open.seal.unchanged(new ByteRange(0, open.expected.length));
            records.commit(committed);
            records.dropPending(drop);
        }
        if (random.nextInt(4) == 0) {
            reopen();
            return " committed, then reopened";
        }
        open.seal.committed(records.version());
        return " committed";
    }

    void finishSeals() {
        for (OpenSeal open : seals) {
            open.seal.failed();
        }
        seals.clear();
    }

    void commitAll() throws PoolException {
        while (image.content().modified()) {
            finishSeals();
            seal();
            OpenSeal open = seals.get(0);
            copy(open);
            seals.clear();
            commit(open);
        }
    }

    /** The whole content, by what is present and what the metadata says of the rest. */
    byte[] view() throws PoolException {
        byte[] seen = new byte[(int) image.content().sizeBytes()];
        byte[] beneath = records.resolve(0, seen.length, limit());
        int at = 0;
        while (at < seen.length) {
            ByteBuffer dst = ByteBuffer.wrap(seen, at, seen.length - at);
            int count = image.read(at, dst);
            at += count;
            if (count == 0) {
                ByteRange gap = image.absent(at, seen.length - at).get(0);
                int end = (int) Math.min(seen.length, gap.end());
                System.arraycopy(beneath, at, seen, at, end - at);
                at = end;
            }
        }
        return seen;
    }

    void check() throws PoolException {
        ImageChecks.Cost cost = ImageChecks.check(image);
        assertThat(budget.usedBytes(Budget.Use.CLEAN)).as("clean budget").isEqualTo(cost.clean());
        assertThat(budget.usedBytes(Budget.Use.STAGED)).as("staged budget").isEqualTo(cost.staged());
        assertThat(image.content().sizeBytes()).as("size").isEqualTo(content.length);
        assertThat(Arrays.mismatch(view(), content)).as("first difference").isEqualTo(-1);
    }
}
