package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.remote.RemoteStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The remotes in rclone's configuration. Usable from any thread. */
public final class RcloneConfig {
    private static final int TRIAL_BYTES = 70_000;
    private static final Pattern NAME = Pattern.compile("[\\w.+@][\\w.+@ -]*(?<! )");

    private final RcloneDaemon daemon;

    public RcloneConfig(RcloneDaemon daemon) {
        this.daemon = daemon;
    }

    /** The names of the configured remotes, without colon. */
    public List<String> names() throws PoolException {
        List<String> names = new ArrayList<>();
        for (JsonNode name : call("config/listremotes", Map.of()).path("remotes")) {
            names.add(name.asString(""));
        }
        return List.copyOf(names);
    }

    /** The options of a remote, out of the file and the environment; empty when there is none of this name. */
    public Map<String, String> section(String name) throws PoolException {
        Map<String, String> options = new HashMap<>();
        for (Map.Entry<String, JsonNode> option :
                call("config/get", Map.of("name", name)).properties()) {
            options.put(option.getKey(), option.getValue().asString(""));
        }
        String prefix = "RCLONE_CONFIG_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
        daemon.launch().environment().forEach((variable, value) -> {
            if (variable.startsWith(prefix)) {
                options.put(variable.substring(prefix.length()).toLowerCase(Locale.ROOT), value);
            }
        });
        return Map.copyOf(options);
    }

    /** CONFIG when the place needs a remote that rclone does not have, with those that it has. */
    public void requireKnown(String place) throws PoolException {
        String name = RcloneName.parse(place).section();
        if (name.isEmpty() || !section(name).isEmpty()) {
            return;
        }
        Path file = file();
        if (!Files.exists(file)) {
            throw new PoolException(
                    Reason.CONFIG,
                    "remote \"" + place + "\": rclone's configuration " + file
                            + " does not exist; put it back, or set rclone_config");
        }
        List<String> names = names();
        throw new PoolException(
                Reason.CONFIG,
                "remote \"" + place + "\" is not in rclone's configuration " + file + ", which has "
                        + (names.isEmpty() ? "none" : String.join(":, ", names) + ":")
                        + "; correct the name, or take it out");
    }

    /** The configuration file in use, whether it exists or not. */
    public Path file() throws PoolException {
        Path configured = daemon.launch().config();
        if (configured != null) {
            return configured;
        }
        String given = daemon.launch().environment().getOrDefault("RCLONE_CONFIG", "");
        return given.isEmpty() ? askForFile() : Path.of(given);
    }

    /** rclone's form of a password for its configuration file. It hides, it does not protect. */
    public String obscure(String password) throws PoolException {
        return call("core/obscure", Map.of("clear", password)).path("obscured").asString("");
    }

    /**
     * Makes a crypt remote. The passwords go to rclone over the loopback connection.
     *
     * @param name the new remote's, without colon
     * @param under the place whose content is encrypted, {@code name:path}
     * @param salt rclone's second password; null for none
     * @throws PoolException EXISTS when the name is taken, INVALID when it cannot be a name
     */
    public void createCrypt(String name, String under, String password, @Nullable String salt) throws PoolException {
        if (!NAME.matcher(name).matches()) {
            throw new PoolException(Reason.INVALID, "\"" + name + "\" cannot be the name of an rclone remote");
        }
        if (password.isEmpty()) {
            throw new PoolException(Reason.INVALID, "crypt remote " + name + " needs a password");
        }
        if (names().contains(name) || !section(name).isEmpty()) {
            throw new PoolException(Reason.EXISTS, "rclone has a remote \"" + name + "\" already; it is left as it is");
        }
        Map<String, String> options = new HashMap<>(Map.of("remote", under, "password", password));
        if (salt != null && !salt.isEmpty()) {
            options.put("password2", salt);
        }
        call(
                "config/create",
                Map.of(
                        "name",
                        name,
                        "type",
                        "crypt",
                        "parameters",
                        options,
                        "opt",
                        Map.of("obscure", true, "nonInteractive", true)));
        daemon.keepConfigFile();
        if (!section(name).getOrDefault("type", "").equals("crypt")) {
            throw new PoolException(Reason.CONFIG, "rclone did not make the crypt remote \"" + name + "\"");
        }
    }

    /** Takes a remote out of the file; what it led to stays. */
    public void forget(String name) throws PoolException {
        call("config/delete", Map.of("name", name));
        daemon.keepConfigFile();
    }

    /**
     * Writes an object, reads it back and deletes it.
     *
     * @param folder on the store, for an object with a random name
     * @param scratch a local directory for the object's source
     */
    public void tryOut(RemoteStore store, String folder, Path scratch) throws PoolException {
        byte[] content = new byte[TRIAL_BYTES];
        daemon.scheduler().random().nextBytes(content);
        String object = folder + "/trial-"
                + Long.toHexString(daemon.scheduler().random().nextLong());
        Path source = null;
        try {
            source = Files.createTempFile(scratch, "trial", "");
            Files.write(source, content);
            store.put(object, source, content.length);
            ByteBuffer back = ByteBuffer.allocate(content.length);
            store.getRange(object, 0, back);
            if (!Arrays.equals(content, back.array())) {
                throw new PoolException(Reason.CORRUPT, store.name() + ": a trial object came back with other bytes");
            }
            store.delete(object);
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, scratch + ": " + e, e);
        } finally {
            delete(source);
        }
    }

    private static void delete(@Nullable Path file) throws PoolException {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, file + ": " + e, e);
        }
    }

    /** 1.60 has no command of the remote control for it. */
    private Path askForFile() throws PoolException {
        try {
            ProcessBuilder builder = new ProcessBuilder(daemon.launch().binary(), "config", "file");
            builder.environment().clear();
            builder.environment().putAll(daemon.launch().environment());
            Process rclone =
                    builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
            rclone.getOutputStream().close();
            String[] lines = new String(rclone.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split("\n");
            return Path.of(lines[lines.length - 1].strip());
        } catch (IOException | InvalidPathException e) {
            throw new PoolException(Reason.CONFIG, "rclone does not tell its configuration file: " + e, e);
        }
    }

    private JsonNode call(String command, Map<String, ?> parameters) throws PoolException {
        long deadline = daemon.scheduler().deadlineAfter(daemon.launch().timeout());
        try {
            return daemon.client(deadline).call(command, parameters, deadline);
        } catch (RcFailure e) {
            throw new PoolException(
                    Reason.CONFIG, "rclone " + command + ": " + e.text() + RcloneErrors.advice(e.text()), e);
        }
    }
}
