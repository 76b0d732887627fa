package io.poolfs.mount.posix;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Where the tests of one part of the suite work. */
interface MountedDirectory {
    /** A fresh, empty directory inside the mount, for this test alone. */
    Path work();

    default Path in(String name) {
        return work().resolve(name);
    }

    /** Runs a script in the directory and requires success. */
    default String sh(String script, Object... arguments) throws Exception {
        return Command.here().ok(work(), script, arguments);
    }

    default void shFails(String words, String script, Object... arguments) throws Exception {
        Command.here().fails(work(), words, script, arguments);
    }

    static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
