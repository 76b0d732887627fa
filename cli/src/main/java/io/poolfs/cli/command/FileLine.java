package io.poolfs.cli.command;

import io.poolfs.cli.service.FileInfo;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One file as {@code ls -l} shows it. */
record FileLine(FileInfo file) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    String text(String name) {
        String arrow = file.target() == null ? "" : " -> " + file.target();
        return String.format(
                Locale.ROOT,
                "%s %3d %5d %5d %14d %s %s%s",
                letter() + permissions(),
                file.links(),
                file.uid(),
                file.gid(),
                file.sizeBytes(),
                TIME.format(file.modified()),
                name,
                arrow);
    }

    private String letter() {
        return switch (file.type()) {
            case "dir" -> "d";
            case "symlink" -> "l";
            case "fifo" -> "p";
            case "sock" -> "s";
            case "chr" -> "c";
            case "blk" -> "b";
            default -> "-";
        };
    }

    private String permissions() {
        int mode = file.permissions();
        StringBuilder text = new StringBuilder(9);
        for (int shift = 6; shift >= 0; shift -= 3) {
            int bits = mode >> shift;
            boolean special = (mode & (01000 << (shift / 3))) != 0;
            text.append((bits & 4) != 0 ? 'r' : '-').append((bits & 2) != 0 ? 'w' : '-');
            char plain = (bits & 1) != 0 ? 'x' : '-';
            char set = shift == 0 ? 't' : 's';
            text.append(!special ? plain : plain == 'x' ? set : Character.toUpperCase(set));
        }
        return text.toString();
    }
}
