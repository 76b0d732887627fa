package io.poolfs.it.model;

import java.nio.charset.StandardCharsets;

/**
 * One call, made on both sides. What a number means depends on the kind; {@code user} is who makes it.
 *
 * @param slot which open file, or which map
 * @param path below the root of its side, or the name of an attribute, as bytes in ISO-8859-1
 * @param other the second path, the target of a symlink, or the name of an attribute
 */
record Step(Kind kind, int user, int slot, String path, String other, long a, long b, int flags) {
    enum Kind {
        OPEN,
        CLOSE,
        READ,
        PREAD,
        WRITE,
        PWRITE,
        SEEK,
        FTRUNCATE,
        FALLOCATE,
        FSYNC,
        FDATASYNC,
        FSTAT,
        FCHMOD,
        FCHOWN,
        FUTIMENS,
        FSETXATTR,
        FGETXATTR,
        FREMOVEXATTR,
        MKDIR,
        RMDIR,
        UNLINK,
        RENAME,
        LINK,
        SYMLINK,
        READLINK,
        MKNOD,
        CHMOD,
        CHOWN,
        TRUNCATE,
        UTIMENS,
        STAT,
        ACCESS,
        SETXATTR,
        GETXATTR,
        LISTXATTR,
        REMOVEXATTR,
        MAP,
        STORE,
        LOAD,
        MSYNC,
        UNMAP,
        /** The trees are compared. */
        COMPARE,
        /** What is in the pool's cache gives way to another file, what is in the kernel's is dropped. */
        EVICT,
        REMOUNT,
        /** Remount with nothing cached. */
        COLD;

        boolean isControl() {
            return compareTo(COMPARE) >= 0;
        }
    }

    static Step control(Kind kind) {
        return new Step(kind, 0, 0, "", "", 0, 0, 0);
    }

    byte[] pathBytes() {
        return path.getBytes(StandardCharsets.ISO_8859_1);
    }

    byte[] otherBytes() {
        return other.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(java.util.Locale.ROOT));
        if (kind.isControl()) {
            return text.toString();
        }
        text.append(user == 0 ? "" : " as " + user).append(" #").append(slot);
        text.append(path.isEmpty() ? "" : " " + shown(path)).append(other.isEmpty() ? "" : " " + shown(other));
        return text.append(" a=%d b=%d flags=0%o".formatted(a, b, flags)).toString();
    }

    private static String shown(String name) {
        StringBuilder text = new StringBuilder("\"");
        String start = name.length() > 60 ? name.substring(0, 20) + "...(" + name.length() + ")" : name;
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            text.append(c < ' ' || c > '~' ? "\\x" + Integer.toHexString(c) : String.valueOf(c));
        }
        return text.append('"').toString();
    }
}
