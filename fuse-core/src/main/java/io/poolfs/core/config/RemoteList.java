package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Reads the list of remotes: each a name, or a table of settings. */
final class RemoteList {
    static final Set<String> KEYS = new TreeSet<>(Set.of(
            "name",
            "priority",
            "enabled",
            "capacity",
            "min_free",
            "uploads",
            "downloads",
            "bandwidth",
            "requests_per_second",
            "weight"));

    private static final String NAME =
            "remote:, remote:path as in `rclone listremotes`, or the absolute path of a directory";
    private static final Pattern RCLONE_NAME = Pattern.compile(":?[\\w.+@-](?:[\\w.+@ -]*[\\w.+@-])?(?:,[^:]*)?:.*");
    private static final String SIZE = "a size such as 20G";

    private final ConfigProblems problems;

    RemoteList(ConfigProblems problems) {
        this.problems = problems;
    }

    /** @param impliedColon a name without a colon and without a slash means that remote (rclonepool's form) */
    List<RemoteConfig> read(String key, ConfigNode node, boolean impliedColon) throws PoolException {
        if (!(node instanceof ConfigNode.Items list) || list.items().isEmpty()) {
            throw problems.at(node.line(), key + ": at least one remote is wanted, as `- {name: \"remote:path\"}`");
        }
        Map<String, Integer> lines = new LinkedHashMap<>();
        List<RemoteConfig> remotes = new ArrayList<>();
        for (ConfigNode item : list.items()) {
            RemoteConfig remote = one(key, item, impliedColon);
            Integer before = lines.putIfAbsent(remote.name(), item.line());
            if (before != null) {
                throw problems.at(
                        item.line(), key + ": \"" + remote.name() + "\" is given twice, first in line " + before);
            }
            remotes.add(remote);
        }
        return remotes;
    }

    private RemoteConfig one(String key, ConfigNode item, boolean impliedColon) throws PoolException {
        if (item instanceof ConfigNode.Scalar scalar && scalar.text() != null) {
            return RemoteConfig.of(checked(scalar.text(), item.line(), impliedColon));
        }
        if (!(item instanceof ConfigNode.Table table)) {
            throw problems.at(item.line(), key + ": a remote is a name or `{name: \"remote:path\", …}`");
        }
        for (Map.Entry<String, ConfigNode.Entry> entry : table.entries().entrySet()) {
            if (!KEYS.contains(entry.getKey())) {
                throw problems.at(
                        entry.getValue().line(),
                        "unknown key \"" + entry.getKey() + "\" of a remote; allowed: " + String.join(", ", KEYS));
            }
        }
        Values values = new Values(problems, table, null);
        String name = values.text("name", NAME);
        if (name == null) {
            throw problems.at(item.line(), "a remote without name; allowed: " + NAME);
        }
        OptionalLong capacity = values.size("capacity", SIZE, 1, Long.MAX_VALUE);
        return new RemoteConfig(
                checked(name, values.line("name"), impliedColon),
                values.wholeNumber("priority", 0, -1000, 1000),
                values.flag("enabled", true),
                capacity,
                values.size("min_free", SIZE, 0, Long.MAX_VALUE).orElse(RemoteConfig.defaultMinFree(capacity)),
                values.wholeNumber("uploads", RemoteConfig.DEFAULT_UPLOADS, 1, 64),
                values.wholeNumber("downloads", RemoteConfig.DEFAULT_DOWNLOADS, 1, 64),
                values.rates("bandwidth", Rates.ALLOWED),
                values.number("requests_per_second", "0 (no limit) to 10000", 0, 0, 10_000),
                values.wholeNumber("weight", 1, 1, 1000));
    }

    private String checked(String text, int line, boolean impliedColon) throws PoolException {
        String name = impliedColon && !text.contains(":") && !text.contains("/") ? text + ":" : text;
        boolean directory = name.startsWith("/") && name.length() > 1;
        if (!directory && !RCLONE_NAME.matcher(name).matches()) {
            throw problems.value(line, "name", text, NAME);
        }
        return directory ? name.replaceFirst("/+$", "") : name;
    }
}
