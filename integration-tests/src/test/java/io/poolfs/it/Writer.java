package io.poolfs.it;

import io.poolfs.it.Ledger.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Changes the files of one folder as programs do, until the file system is taken away from it: writes and closes,
 * fsyncs, appends, overwrites in the middle, rewrites, saves by rename, deletes. What it did is in its ledger.
 */
final class Writer {
    private static final int NAMES = 6;

    /** At most two requests to the file system: the kernel may send what fills the first page by itself. */
    private static final int WRITE_BYTES = 60_000;

    private static final int PAGE_BYTES = 4096;

    private static final byte[] NOTHING = new byte[0];

    private final Path folder;
    private final Random random;
    private final Ledger ledger = new Ledger();
    private final Map<Path, byte[]> contents = new HashMap<>();
    private long operations;

    Writer(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed);
    }

    Ledger ledger() {
        return ledger;
    }

    /** Operations that returned. */
    long operations() {
        return operations;
    }

    /** Takes over what a check found. Call before {@link #run} goes on. */
    void resume() throws IOException {
        contents.clear();
        for (int i = 0; i < NAMES; i++) {
            Path path = folder.resolve("f" + i);
            if (Files.exists(path)) {
                contents.put(path, Files.readAllBytes(path));
            }
        }
        Files.createDirectories(folder);
        for (int i = 0; i < NAMES; i++) {
            Path unfinished = fresh(folder.resolve("f" + i));
            if (Files.exists(unfinished)) {
                delete(unfinished);
            }
        }
    }

    private static Path fresh(Path path) {
        return path.resolveSibling(path.getFileName() + ".new");
    }

    /** Ends with the first error. */
    IOException run() {
        try {
            while (true) {
                one();
                operations++;
            }
        } catch (IOException e) {
            return e;
        }
    }

    private void one() throws IOException {
        Path path = folder.resolve("f" + random.nextInt(NAMES));
        byte[] old = contents.get(path);
        switch (old == null ? 0 : random.nextInt(6)) {
            case 0 -> rewrite(path);
            case 1 -> append(path, old);
            case 2 -> overwrite(path, old);
            case 3, 4 -> saveByRename(path);
            default -> delete(path);
        }
    }

    private void rewrite(Path path) throws IOException {
        byte[] bytes = someBytes();
        ledger.begin(path, contents.getOrDefault(path, NOTHING));
        ledger.step(path, NOTHING, !contents.containsKey(path));
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeAll(path, file, bytes);
            end(path, file, bytes);
        }
        ledger.done(path, Content.of(bytes));
        contents.put(path, bytes);
    }

    /** Writes from the beginning; each write is a step, and only the last is a version. */
    private void writeAll(Path path, FileChannel file, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += WRITE_BYTES) {
            int length = Math.min(WRITE_BYTES, bytes.length - at);
            boolean last = at + length == bytes.length;
            ledger.step(path, Arrays.copyOf(bytes, at + length), last);
            write(file, ByteBuffer.wrap(bytes, at, length), at);
        }
    }

    /** One write into a file that may be committed at any time: changes {@code old} into {@code fresh}. */
    private void change(Path path, FileChannel file, byte[] old, byte[] fresh, int at, int length) throws IOException {
        int page = (at / PAGE_BYTES + 1) * PAGE_BYTES;
        if (page < at + length) {
            byte[] between = Arrays.copyOf(old, Math.max(old.length, page));
            System.arraycopy(fresh, at, between, at, page - at);
            ledger.step(path, Content.of(between), true);
        }
        ledger.step(path, fresh, true);
        write(file, ByteBuffer.wrap(fresh, at, length), at);
    }

    private static void write(FileChannel file, ByteBuffer bytes, int at) throws IOException {
        int length = bytes.remaining();
        if (file.write(bytes, at) < length) {
            throw new IOException("cut off in the middle of a write");
        }
    }

    private void append(Path path, byte[] old) throws IOException {
        byte[] more = new byte[1 + random.nextInt(WRITE_BYTES)];
        random.nextBytes(more);
        byte[] all = Arrays.copyOf(old, old.length + more.length);
        System.arraycopy(more, 0, all, old.length, more.length);
        ledger.begin(path, old);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            change(path, file, old, all, old.length, more.length);
            end(path, file, all);
        }
        ledger.done(path, Content.of(all));
        contents.put(path, all);
    }

    /** Some writes in the middle, and sometimes another length. What is between them may be committed as it is. */
    private void overwrite(Path path, byte[] old) throws IOException {
        byte[] bytes = old;
        ledger.begin(path, old);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 3 && bytes.length > 0; i++) {
                int at = random.nextInt(bytes.length);
                byte[] piece = new byte[1 + random.nextInt(Math.min(WRITE_BYTES, bytes.length - at))];
                random.nextBytes(piece);
                byte[] fresh = bytes.clone();
                System.arraycopy(piece, 0, fresh, at, piece.length);
                change(path, file, bytes, fresh, at, piece.length);
                bytes = fresh;
            }
            if (random.nextInt(3) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
                ledger.step(path, bytes, true);
                file.truncate(bytes.length);
            }
            end(path, file, bytes);
        }
        ledger.done(path, Content.of(bytes));
        contents.put(path, bytes);
    }

    private void saveByRename(Path path) throws IOException {
        Path fresh = fresh(path);
        byte[] bytes = someBytes();
        Content content = Content.of(bytes);
        ledger.begin(fresh, NOTHING);
        ledger.step(fresh, NOTHING, true);
        try (FileChannel file = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            writeAll(fresh, file, bytes);
            end(fresh, file, bytes);
        }
        ledger.done(fresh, content);
        ledger.begin(path, NOTHING);
        ledger.step(path, content, true);
        ledger.begin(fresh, NOTHING);
        ledger.step(fresh, Content.ABSENT, true);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        ledger.done(path, content);
        ledger.done(fresh, Content.ABSENT);
        contents.put(path, bytes);
    }

    private void delete(Path path) throws IOException {
        ledger.begin(path, NOTHING);
        ledger.step(path, Content.ABSENT, true);
        Files.delete(path);
        ledger.done(path, Content.ABSENT);
        contents.remove(path);
    }

    /** With fsync every fourth time. */
    private void end(Path path, FileChannel file, byte[] bytes) throws IOException {
        if (random.nextInt(4) == 0) {
            ledger.step(path, Content.of(bytes), true); // from here on it may be committed
            file.force(true);
            ledger.durable(path);
        }
    }

    private byte[] someBytes() {
        int bound = random.nextInt(10) == 0 ? 4_000_000 : random.nextInt(4) == 0 ? 300_000 : 5_000;
        byte[] bytes = new byte[random.nextInt(bound)];
        random.nextBytes(bytes);
        return bytes;
    }
}
