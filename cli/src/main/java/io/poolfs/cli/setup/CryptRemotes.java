package io.poolfs.cli.setup;

import io.poolfs.core.model.PoolException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes crypt remotes over places, under names that are free. */
final class CryptRemotes {
    private final Rclone rclone;
    private final List<String> made = new ArrayList<>();

    CryptRemotes(Rclone rclone) {
        this.rclone = rclone;
    }

    /** The crypt remote over the place, with its colon, made when there is none; the place itself when it is a crypt. */
    String over(String place, CryptSecret secret) throws PoolException {
        if (isCrypt(place)) {
            return place;
        }
        List<String> names = rclone.names();
        for (String taken : names) {
            if (isCrypt(taken + ":") && isOver(taken, place, secret)) {
                return taken + ":";
            }
        }
        String name = freeName("crypt-" + base(place), names);
        rclone.createCrypt(name, place, secret);
        made.add(name);
        return name + ":";
    }

    /** Those of {@code places} as they are to be used: crypt remotes over them, unless there is no secret. */
    List<String> over(List<String> places, @Nullable CryptSecret secret) throws PoolException {
        if (secret == null) {
            return places;
        }
        List<String> remotes = new ArrayList<>();
        for (String place : places) {
            remotes.add(over(place, secret));
        }
        return remotes;
    }

    /** Takes the remotes that were made here out of rclone's configuration again. */
    void takeBack(Consumer<String> say) {
        for (String name : made) {
            try {
                rclone.delete(name);
            } catch (PoolException e) {
                say.accept("left behind in rclone's configuration: " + name + " (" + e.getMessage() + ")");
            }
        }
        made.clear();
    }

    /** Whether the crypt remote is what we would make: of this very place, with this secret. */
    private boolean isOver(String crypt, String place, CryptSecret secret) throws PoolException {
        return place.equals(rclone.section(crypt).get("remote")) && secret.isOf(rclone.section(crypt));
    }

    boolean isCrypt(String place) throws PoolException {
        int colon = place.indexOf(':');
        return colon > 0
                && "crypt".equals(rclone.section(place.substring(0, colon)).get("type"));
    }

    /** {@code mega1:} → mega1, {@code mega1:a/b} → mega1-a-b, {@code /mnt/disk 1} → disk-1. */
    static String base(String place) {
        String text = place.startsWith("/") ? String.valueOf(Path.of(place).getFileName()) : place;
        String clean =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "-").replaceAll("^-+|-+$", "");
        return clean.isEmpty() ? "remote" : clean;
    }

    static String freeName(String wanted, List<String> taken) {
        String name = wanted;
        for (int number = 2; taken.contains(name); number++) {
            name = wanted + "-" + number;
        }
        return name;
    }
}
