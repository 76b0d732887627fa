package io.poolfs.cli.service;

import io.poolfs.core.model.FileName;
import io.poolfs.core.model.FileType;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A file as {@code ls} and {@code stat} show it.
 *
 * @param name its last name, for people; "/" for the root
 * @param nameB64 the exact bytes where they are no UTF-8, else null
 * @param type the formats' word: file, dir, symlink …
 * @param mode permission bits in octal
 * @param version number of the committed content, 0 before the first
 * @param target of a symlink, else null
 */
public record FileInfo(
        String name,
        @Nullable String nameB64,
        String type,
        String mode,
        int uid,
        int gid,
        int links,
        long sizeBytes,
        Instant modified,
        Instant changed,
        long inode,
        long version,
        @Nullable String target) {

    public static FileInfo of(@Nullable FileName name, Inode inode) throws PoolException {
        String exact =
                name == null || name.utf8() != null ? null : Base64.getEncoder().encodeToString(name.bytes());
        byte[] target = inode.target();
        return new FileInfo(
                name == null ? "/" : name.toString(),
                exact,
                FileType.ofMode(inode.mode()).word(),
                String.format(Locale.ROOT, "%04o", inode.mode() & 07777),
                inode.owner(),
                inode.group(),
                inode.links(),
                inode.sizeBytes(),
                instant(inode.modifyNanos()),
                instant(inode.changeNanos()),
                inode.number(),
                inode.version(),
                target == null ? null : new String(target, StandardCharsets.UTF_8));
    }

    /** The exact name; the root has none: INVALID. */
    public FileName fileName() throws PoolException {
        return nameB64 == null
                ? FileName.of(name)
                : FileName.of(Base64.getDecoder().decode(nameB64));
    }

    public int permissions() {
        return Integer.parseInt(mode, 8);
    }

    public long modifyNanos() {
        return Math.addExact(Math.multiplyExact(modified.getEpochSecond(), 1_000_000_000L), modified.getNano());
    }

    // Not called isX: a record's is-methods would become fields of its JSON.
    public boolean directory() {
        return type.equals(FileType.DIRECTORY.word());
    }

    public boolean regular() {
        return type.equals(FileType.REGULAR.word());
    }

    public boolean symlink() {
        return type.equals(FileType.SYMLINK.word());
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }
}
