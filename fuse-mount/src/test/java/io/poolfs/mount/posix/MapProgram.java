package io.poolfs.mount.posix;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Maps a file of the mount and does with it what its first argument says. Ends with a failure when it finds one. */
final class MapProgram {
    private MapProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "write" -> write(file, arguments);
            case "watch" -> watch(file);
            case "append" -> append(file);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void write(Path file, String[] arguments) throws IOException {
        try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
            MappedByteBuffer map = channel.map(MapMode.READ_WRITE, 0, channel.size());
            for (int i = 2; i < arguments.length; i++) {
                int equals = arguments[i].indexOf('=');
                map.put(Integer.parseInt(arguments[i].substring(0, equals)), (byte) arguments[i].charAt(equals + 1));
            }
            map.force();
        }
    }

    private static void watch(Path file) throws IOException {
        try (FileChannel reader = FileChannel.open(file, READ);
                RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
            MappedByteBuffer map = reader.map(MapMode.READ_ONLY, 0, reader.size());
            for (int at = 1; at < 50_000; at += 4_999) {
                require(map.get(at) == 0, "zero at " + at);
                writer.seek(at);
                writer.write((at & 0x7f) | 1);
                require(map.get(at) == ((at & 0x7f) | 1), "what was written at " + at);
            }
        }
    }

    /** Mapped pages of a file that is open for appending only beside the map. */
    private static void append(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, READ, WRITE)) {
            channel.write(ByteBuffer.allocate(10_000), 0);
        }
        try (FileChannel mapped = FileChannel.open(file, READ, WRITE);
                FileChannel appender = FileChannel.open(file, APPEND)) {
            MappedByteBuffer map = mapped.map(MapMode.READ_WRITE, 0, 10_000);
            map.put(3, (byte) 'm');
            byte[] more = new byte[10_000];
            Arrays.fill(more, (byte) 'x');
            appender.write(ByteBuffer.wrap(more));
            map.put(9_000, (byte) 'n');
            map.force();
            appender.write(ByteBuffer.wrap("tail".getBytes(StandardCharsets.US_ASCII)));
            appender.force(true);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("not there: " + what);
        }
    }
}
