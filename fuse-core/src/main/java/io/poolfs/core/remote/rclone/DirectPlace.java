package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.crypt.CryptBlocks;
import io.poolfs.core.remote.crypt.CryptKey;
import io.poolfs.core.remote.crypt.ObscuredText;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the objects of a remote really lie, for reading them there: the remote itself, or what a crypt remote encrypts,
 * with what decrypts it.
 *
 * @param place as rclone names it; never with secrets in it
 * @param folder of the remote's name, which is a part of its objects' names
 * @param blocks null where nothing is encrypted, as far as we see
 */
record DirectPlace(String place, String folder, @Nullable CryptBlocks blocks) {
    /** What a crypt remote may have set: names are made by rclone, the rest changes nothing in what is stored. */
    private static final Set<String> UNDERSTOOD = Set.of(
            "type",
            "remote",
            "password",
            "password2",
            "filename_encryption",
            "directory_name_encryption",
            "filename_encoding",
            "suffix",
            "strict_names",
            "show_mapping",
            "server_side_across_configs",
            "description");

    private static final Set<String> MUST_BE_OFF = Set.of("no_data_encryption", "pass_bad_blocks");

    /** Makes the key of a password and a salt. */
    @FunctionalInterface
    interface Keys {
        CryptKey key(String password, String salt);
    }

    /** Null when something about the remote is not understood, or nothing would be gained. */
    static @Nullable DirectPlace of(String remote, BackendOrigin.Sections sections, Keys keys) throws PoolException {
        if (BackendOrigin.resolve(remote, sections).type().equals("local") || !isPlain(remote)) {
            return null;
        }
        RcloneName name = RcloneName.parse(remote);
        Map<String, String> options = sections.section(name.section());
        if (!options.getOrDefault("type", "").equals("crypt")) {
            return new DirectPlace(remote, "", null);
        }
        String under = options.getOrDefault("remote", "");
        String password = options.getOrDefault("password", "");
        if (!isUnderstood(options) || !isPlain(under) || password.isEmpty()) {
            return null;
        }
        String salt = options.getOrDefault("password2", "");
        CryptKey key = keys.key(ObscuredText.reveal(password), salt.isEmpty() ? "" : ObscuredText.reveal(salt));
        String folder = name.path().isEmpty() || name.path().endsWith("/") ? name.path() : name.path() + "/";
        return new DirectPlace(under, folder, new CryptBlocks(key));
    }

    private static boolean isUnderstood(Map<String, String> options) {
        return options.entrySet().stream()
                .allMatch(option -> UNDERSTOOD.contains(option.getKey())
                        || (MUST_BE_OFF.contains(option.getKey()) && isOff(option.getValue())));
    }

    private static boolean isOff(String value) {
        return value.isEmpty() || value.equals("false");
    }

    /** {@code name:path}: it becomes a program's argument, and options in it could be secrets. */
    private static boolean isPlain(String place) {
        RcloneName name = RcloneName.parse(place);
        return !name.section().isEmpty() && place.equals(name.section() + ":" + name.path());
    }
}
