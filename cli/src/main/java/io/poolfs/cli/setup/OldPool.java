package io.poolfs.cli.setup;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an import must know of rclonepool's config.json. Its other keys differ from version to version and mean nothing
 * here.
 *
 * @param remotes that hold chunks and manifests, as rclone names them
 */
public record OldPool(List<String> remotes, String manifestPrefix) {
    private static final String USUAL_MANIFEST_PREFIX = "rclonepool_manifests";

    /** Where rclonepool keeps it unless told otherwise. */
    public static Path usualFile(@Nullable Path home) throws PoolException {
        if (home == null) {
            throw new PoolException(Reason.CONFIG, "HOME is not set: name the config.json of the old pool");
        }
        return home.resolve(".config/rclonepool/config.json");
    }

    public static OldPool read(Path file) throws PoolException {
        JsonNode json;
        try {
            json = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new PoolException(
                    Reason.NOT_FOUND, "there is no " + file + ": name the config.json of the old pool", e);
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot read " + file + ": " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new PoolException(Reason.CONFIG, file + " is no JSON: " + e.getOriginalMessage(), e);
        }
        List<String> crypts = names(file, json, "crypt_remotes");
        List<String> plain = names(file, json, "remotes");
        boolean encrypted = json.path("use_crypt").asBoolean(true) && !crypts.isEmpty();
        List<String> remotes = encrypted ? crypts : plain;
        if (remotes.isEmpty()) {
            throw new PoolException(Reason.CONFIG, file + " names no remotes: is it the config.json of rclonepool?");
        }
        String prefix = json.path("manifest_prefix").asString(USUAL_MANIFEST_PREFIX);
        return new OldPool(remotes, prefix.replaceFirst("/+$", ""));
    }

    private static List<String> names(Path file, JsonNode json, String key) throws PoolException {
        List<String> names = new ArrayList<>();
        for (JsonNode item : json.path(key)) {
            String name = item.asString("");
            if (name.isEmpty()) {
                throw new PoolException(Reason.CONFIG, file + ": " + key + " is no list of names");
            }
            names.add(name.contains(":") || name.contains("/") ? name : name + ":");
        }
        return List.copyOf(names);
    }
}
