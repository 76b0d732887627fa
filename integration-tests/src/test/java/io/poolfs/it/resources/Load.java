package io.poolfs.it.resources;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Programs that write, rewrite, read and delete files in a directory at the same time, and go on whatever errors they
 * get. Knows of each file what was acknowledged last: by the end of the close.
 */
final class Load implements AutoCloseable {
    private static final int LARGEST_BYTES = 300 << 10;
    private static final int NAMES = 40;

    private final Path directory;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Set<Long>> possible = new ConcurrentHashMap<>();
    private final Set<String> errors = new ConcurrentSkipListSet<>();
    private final AtomicInteger written = new AtomicInteger();
    private volatile boolean ended;

    Load(Path directory, int programs) throws IOException {
        this.directory = Files.createDirectories(directory);
        for (int i = 0; i < programs; i++) {
            int number = i;
            Thread thread = new Thread(() -> work(number), "load " + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** The messages of all errors so far, without the names of files. */
    Set<String> errors() {
        return errors;
    }

    /** Files closed without an error so far. */
    int written() {
        return written.get();
    }

    /** Ends the programs. */
    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The files that are not what was acknowledged, after {@link #close}. */
    List<String> damaged() throws IOException {
        List<String> damaged = new ArrayList<>();
        for (Map.Entry<String, Set<Long>> file : possible.entrySet()) {
            String now;
            try {
                byte[] bytes = Files.readAllBytes(directory.resolve(file.getKey()));
                now = file.getValue().stream().anyMatch(seed -> Arrays.equals(bytes, content(seed)))
                        ? ""
                        : "other content, " + bytes.length + " bytes";
            } catch (NoSuchFileException e) {
                now = file.getValue().contains(0L) ? "" : "gone";
            }
            if (!now.isEmpty()) {
                damaged.add(file.getKey() + ": " + now);
            }
        }
        return damaged;
    }

    private void work(int number) {
        Random random = new Random(number);
        while (!ended) {
            String name = "p" + number + "-" + random.nextInt(NAMES);
            try {
                if (random.nextInt(5) == 0) {
                    delete(name);
                } else {
                    write(name, random.nextLong() | 1);
                }
            } catch (IOException e) {
                errors.add(String.valueOf(e.getMessage()).replaceAll("^.*: ", ""));
            }
        }
    }

    /** What a write that failed may have left: nothing, a part of it, or all; so the name counts no more until it works. */
    private void write(String name, long seed) throws IOException {
        possible.remove(name);
        Files.write(directory.resolve(name), content(seed));
        possible.put(name, Set.of(seed));
        written.incrementAndGet();
        if (seed % 3 == 0 && !Arrays.equals(Files.readAllBytes(directory.resolve(name)), content(seed))) {
            throw new AssertionError(name + " was read as something else");
        }
    }

    private void delete(String name) throws IOException {
        Set<Long> before = possible.remove(name);
        Files.deleteIfExists(directory.resolve(name));
        if (before != null) {
            possible.put(name, Set.of(0L));
        }
    }

    private static byte[] content(long seed) {
        if (seed == 0) {
            return new byte[] {-1};
        }
        byte[] content = new byte[(int) Long.remainderUnsigned(seed, LARGEST_BYTES)];
        new Random(seed).nextBytes(content);
        return content;
    }
}
