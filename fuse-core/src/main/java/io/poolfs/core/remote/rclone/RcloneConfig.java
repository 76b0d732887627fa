package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The remotes in rclone's configuration. Usable from any thread. */
public final class RcloneConfig {
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

    JsonNode call(String command, Map<String, ?> parameters) throws PoolException {
        long deadline = daemon.scheduler().deadlineAfter(daemon.launch().timeout());
        try {
            return daemon.client(deadline).call(command, parameters, deadline);
        } catch (RcFailure e) {
            throw new PoolException(
                    Reason.CONFIG, "rclone " + command + ": " + e.text() + RcloneErrors.advice(e.text()), e);
        }
    }
}
