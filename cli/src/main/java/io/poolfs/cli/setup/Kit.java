package io.poolfs.cli.setup;

import io.poolfs.cli.output.Json;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.RemoteConfig;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * What a new machine needs to attach a pool, as a file: who has it and access to the remotes has the data.
 *
 * @param version of this form
 * @param remotes for people: how they were called and where they lead
 */
public record Kit(
        int version,
        String pool,
        String poolId,
        String dataPrefix,
        String manifestPrefix,
        @Nullable String cryptPassword,
        @Nullable String cryptSalt,
        List<Place> remotes,
        List<String> howTo) {
    private static final int VERSION = 1;

    /**
     * One remote.
     *
     * @param over what a crypt remote encrypts, else null
     * @param type the backend's type in rclone's configuration
     */
    public record Place(
            String name, @Nullable String over, @Nullable String type) {}

    public static Kit of(PoolConfig config, PoolId id, Rclone rclone) throws PoolException {
        List<Place> places = new ArrayList<>();
        String password = null;
        String salt = null;
        for (RemoteConfig remote : config.remotes()) {
            int colon = remote.name().indexOf(':');
            Map<String, String> section =
                    colon > 0 ? rclone.section(remote.name().substring(0, colon)) : Map.of("type", "local");
            places.add(new Place(remote.name(), section.get("remote"), section.get("type")));
            String hidden = section.get("password");
            if ("crypt".equals(section.get("type")) && hidden != null) {
                String own = Obscured.reveal(hidden);
                if (password != null && !password.equals(own)) {
                    throw new PoolException(
                            Reason.UNSUPPORTED,
                            "the remotes have different crypt passwords: keep rclone's configuration");
                }
                password = own;
                String hiddenSalt = section.get("password2");
                salt = hiddenSalt == null ? null : Obscured.reveal(hiddenSalt);
            }
        }
        List<String> howTo = List.of(
                "Keep this file where the data is not. On a new machine: install poolfs and rclone, make the remotes in",
                "rclone again (under any names), then: poolfs attach --kit THIS_FILE --remote NAME:PATH …",
                "The crypt remotes are made by attach; name the places under them, in any order.");
        return new Kit(
                VERSION,
                config.name(),
                id.hex(),
                config.dataPrefix(),
                config.manifestPrefix(),
                password,
                salt,
                places,
                howTo);
    }

    public static Kit read(Path file) throws PoolException {
        try {
            Kit kit = Json.mapper().readValue(Files.readString(file), Kit.class);
            if (kit.version() > VERSION) {
                throw new PoolException(Reason.NEWER_FORMAT, file + " is of a newer poolfs");
            }
            return kit;
        } catch (NoSuchFileException e) {
            throw new PoolException(Reason.NOT_FOUND, "--kit " + file + ": there is no such file", e);
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot read the kit " + file + ": " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new PoolException(Reason.CONFIG, file + " is not a kit of poolfs: " + e.getOriginalMessage(), e);
        }
    }

    /** EXISTS rather than overwriting anything. */
    public void write(Path file) throws PoolException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, Json.pretty(this) + "\n");
        } catch (FileAlreadyExistsException e) {
            throw new PoolException(Reason.EXISTS, file + " exists: choose another file for the kit", e);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot write the kit " + file + ": " + e.getMessage(), e);
        }
    }

    /** Null when the pool is not encrypted. */
    public @Nullable CryptSecret secret() {
        String password = cryptPassword;
        String salt = cryptSalt;
        return password == null ? null : new CryptSecret(password, salt == null ? "" : salt, false);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "kit of " + pool;
    }
}
