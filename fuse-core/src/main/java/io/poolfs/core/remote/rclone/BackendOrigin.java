package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What lies under a remote once crypt, alias and other wrappers are taken off.
 *
 * @param type the backend's type, "local" for a directory; empty when it cannot be told
 * @param localPath of the directory when it is local, else null
 * @param account a digest of what tells the account or host; empty for local
 * @param cryptUnder the place whose content the outermost crypt encrypts, null without a crypt
 * @param plain nothing but aliases is wrapped around it, and no option changes how it is used
 */
record BackendOrigin(
        String type,
        @Nullable String localPath,
        String account,
        @Nullable String cryptUnder,
        boolean plain) {
    /** Wrappers of one other place, named by their option {@code remote}. */
    private static final List<String> WRAPPERS =
            List.of("crypt", "alias", "chunker", "compress", "hasher", "cache", "archive");

    /** Options that tell one account or host from another. Secrets only go into the digest. */
    private static final List<String> TELLING = List.of(
            "access_key_id",
            "account",
            "client_email",
            "drive_id",
            "email",
            "endpoint",
            "host",
            "key_file",
            "namenode",
            "port",
            "project_number",
            "provider",
            "region",
            "root_folder_id",
            "service_account_file",
            "service_url",
            "share_name",
            "shared_folder",
            "sas_url",
            "team_drive",
            "tenant",
            "tenant_id",
            "token",
            "url",
            "user",
            "username");

    /** What an alias or a local remote may have without being used in another way than a directory. */
    private static final Set<String> PLAIN_OPTIONS = Set.of("type", "remote", "description");

    private static final int DEEPEST = 16;
    private static final int DIGEST_CHARS = 16;

    /** Reads sections of rclone's configuration. */
    @FunctionalInterface
    interface Sections {
        /** The options of a section; empty when there is none of this name. */
        Map<String, String> section(String name) throws PoolException;
    }

    static BackendOrigin resolve(String remote, Sections config) throws PoolException {
        String place = remote;
        String cryptUnder = null;
        boolean plain = true;
        for (int depth = 0; depth < DEEPEST; depth++) {
            RcloneName name = RcloneName.parse(place);
            plain &= !name.hasOptions(place);
            if (name.isLocalPath()) {
                return new BackendOrigin("local", name.path(), "", cryptUnder, plain);
            }
            if (name.section().isEmpty()) {
                return new BackendOrigin(name.backend(), null, digest(name.backend() + ":" + place), cryptUnder, false);
            }
            Map<String, String> options = config.section(name.section());
            String type = options.getOrDefault("type", "");
            plain &= (type.equals("alias") || type.equals("local")) && PLAIN_OPTIONS.containsAll(options.keySet());
            if (type.equals("local")) {
                return new BackendOrigin("local", name.path(), "", cryptUnder, plain);
            }
            String under = options.get("remote");
            if (!WRAPPERS.contains(type) || under == null) {
                return new BackendOrigin(type, null, account(name.section(), type, options), cryptUnder, false);
            }
            if (type.equals("crypt") && cryptUnder == null) {
                cryptUnder = under;
            }
            place = type.equals("crypt") ? under : join(under, name.path());
        }
        throw new PoolException(Reason.CONFIG, "remote \"" + remote + "\" wraps itself in rclone's configuration");
    }

    /** Whether rclone itself asks such a backend for the object after an upload, and compares the size. */
    boolean confirmsUploads() {
        return List.of("local", "webdav", "sftp").contains(type);
    }

    private static String join(String under, String path) {
        if (path.isEmpty()) {
            return under;
        }
        return under.endsWith(":") || under.endsWith("/") ? under + path : under + "/" + path;
    }

    private static String account(String section, String type, Map<String, String> options) {
        TreeMap<String, String> telling = new TreeMap<>();
        for (String option : TELLING) {
            String value = options.getOrDefault(option, "");
            if (!value.isEmpty()) {
                telling.put(option, option.equals("token") ? refreshToken(value) : value.toLowerCase(Locale.ROOT));
            }
        }
        return digest(telling.isEmpty() ? "section " + section : type + telling);
    }

    /** Of an OAuth token only the refresh token stays the same. */
    private static String refreshToken(String token) {
        try {
            return RcClient.JSON.readTree(token).path("refresh_token").asString(token);
        } catch (tools.jackson.core.JacksonException e) {
            return token;
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, DIGEST_CHARS / 2));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
