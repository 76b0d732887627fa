package io.poolfs.it.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a cloud keeps, in a local folder, as WebDAV shows it. Usable from any thread. */
final class DavFolder {
    private static final long FOREVER_FREE = 1L << 40;
    private static final int PIECE = 512 << 10;

    private final Path root;
    private final AtomicLong temporaries = new AtomicLong();
    private final AtomicLong usedBytes = new AtomicLong();

    /** When each file was put or deleted, for listings that lag. */
    private final Map<Path, Long> putAt = new ConcurrentHashMap<>();

    private final Map<Path, Long> deletedAt = new ConcurrentHashMap<>();

    DavFolder(Path root) throws IOException {
        this.root = Files.createDirectories(root).toRealPath();
        try (Stream<Path> files = Files.walk(this.root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                usedBytes.addAndGet(Files.size(file));
            }
        }
    }

    Path root() {
        return root;
    }

    long usedBytes() {
        return usedBytes.get();
    }

    /** The file or folder of a request's path; null when it is outside. */
    @Nullable
    Path at(String path) {
        Path found = root.resolve(path.replaceFirst("^/+", "")).normalize();
        return found.startsWith(root) ? found : null;
    }

    /** Keeps what comes, whole or not at all; returns the status. */
    int put(Path file, InputStream body, long capacityBytes) throws IOException {
        if (!Files.isDirectory(file.resolveSibling("."))) {
            return 409;
        }
        Path coming = root.resolveSibling(root.getFileName() + ".coming" + temporaries.incrementAndGet());
        try {
            long size = keep(body, coming);
            long before = sizeOf(file);
            if (capacityBytes > 0 && usedBytes.get() + size - before > capacityBytes) {
                return 507;
            }
            Files.move(coming, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            usedBytes.addAndGet(size - before);
            putAt.put(file, System.nanoTime());
            deletedAt.remove(file);
            return 201;
        } finally {
            Files.deleteIfExists(coming);
        }
    }

    private static long keep(InputStream body, Path file) throws IOException {
        long size = 0;
        byte[] piece = new byte[PIECE];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = body.read(piece); count >= 0; count = body.read(piece)) {
                out.write(piece, 0, count);
                size += count;
            }
        }
        return size;
    }

    private static long sizeOf(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.size(file) : 0;
    }

    int move(Path from, Path to, boolean overwrite) throws IOException {
        int refused = refused(from, to, overwrite);
        if (refused != 0) {
            return refused;
        }
        boolean replaces = Files.exists(to);
        if (replaces) {
            delete(to);
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        putAt.put(to, System.nanoTime());
        deletedAt.remove(to);
        deletedAt.put(from, System.nanoTime());
        return replaces ? 204 : 201;
    }

    /** Of a file; folders are not copied. */
    int copy(Path from, Path to, boolean overwrite) throws IOException {
        int refused = refused(from, to, overwrite);
        if (refused != 0) {
            return refused;
        }
        if (!Files.isRegularFile(from)) {
            return 403;
        }
        boolean replaces = Files.exists(to);
        try (InputStream body = Files.newInputStream(from)) {
            int status = put(to, body, 0);
            return replaces && status == 201 ? 204 : status;
        }
    }

    private static int refused(Path from, Path to, boolean overwrite) {
        if (!Files.exists(from)) {
            return 404;
        }
        if (!Files.isDirectory(to.resolveSibling("."))) {
            return 409;
        }
        return Files.exists(to) && !overwrite ? 412 : 0;
    }

    int makeFolder(Path folder, int ifThere) throws IOException {
        if (Files.exists(folder)) {
            return Files.isDirectory(folder) ? ifThere : 405;
        }
        if (!Files.isDirectory(folder.resolveSibling("."))) {
            return 409;
        }
        Files.createDirectories(folder);
        return 201;
    }

    int delete(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                long size = Files.isRegularFile(each) ? Files.size(each) : 0;
                Files.delete(each);
                usedBytes.addAndGet(-size);
                deletedAt.put(each, System.nanoTime());
            }
            return 204;
        } catch (NoSuchFileException e) {
            return 404;
        } catch (DirectoryNotEmptyException e) {
            return 409;
        }
    }

    /** The answer to PROPFIND; null when there is nothing. */
    @Nullable
    String properties(Path path, boolean children, Weather weather) throws IOException {
        if (!Files.exists(path)) {
            return null;
        }
        StringBuilder xml =
                new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><D:multistatus xmlns:D=\"DAV:\">");
        describe(xml, path, weather);
        if (children && Files.isDirectory(path)) {
            for (Path child : shown(path, weather.lag())) {
                describe(xml, child, weather);
            }
        }
        return xml.append("</D:multistatus>").toString();
    }

    private List<Path> shown(Path folder, Duration lag) throws IOException {
        long since = System.nanoTime() - lag.toNanos();
        List<Path> shown = new ArrayList<>();
        try (Stream<Path> children = Files.list(folder)) {
            children.filter(child -> lag.isZero() || putAt.getOrDefault(child, Long.MIN_VALUE) <= since)
                    .forEach(shown::add);
        }
        if (!lag.isZero()) {
            deletedAt.forEach((path, at) -> {
                if (at > since && folder.equals(path.getParent()) && !Files.exists(path)) {
                    shown.add(path);
                }
            });
        }
        return shown;
    }

    private void describe(StringBuilder xml, Path path, Weather weather) throws IOException {
        BasicFileAttributes seen = seen(path);
        boolean folder = seen != null && seen.isDirectory();
        Instant changed = seen == null ? Instant.EPOCH : seen.lastModifiedTime().toInstant();
        xml.append("<D:response><D:href>").append(href(path, folder)).append("</D:href><D:propstat><D:prop>");
        if (folder) {
            long free = weather.capacityBytes() == 0
                    ? FOREVER_FREE
                    : Math.max(0, weather.capacityBytes() - usedBytes.get());
            xml.append("<D:resourcetype><D:collection/></D:resourcetype><D:quota-available-bytes>")
                    .append(free)
                    .append("</D:quota-available-bytes><D:quota-used-bytes>")
                    .append(usedBytes.get())
                    .append("</D:quota-used-bytes>");
        } else {
            xml.append("<D:resourcetype/><D:getcontentlength>")
                    .append(seen == null ? 0 : seen.size())
                    .append("</D:getcontentlength>");
        }
        xml.append("<D:getlastmodified>")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(changed.atOffset(ZoneOffset.UTC)))
                .append("</D:getlastmodified></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>");
    }

    /** Null when it is gone: a listing that lags shows it all the same. */
    private static @Nullable BasicFileAttributes seen(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private String href(Path path, boolean folder) {
        StringBuilder href = new StringBuilder();
        for (Path name : root.relativize(path)) {
            if (!name.toString().isEmpty()) {
                href.append('/')
                        .append(URLEncoder.encode(name.toString(), StandardCharsets.UTF_8)
                                .replace("+", "%20"));
            }
        }
        return href + (folder ? "/" : "");
    }
}
