package io.poolfs.core.config;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.Timetable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the list of remotes in a configuration file and leaves everything else, comments included, as it is. What the
 * edit made is read again before it replaces the file; a form that it does not understand is left to the user.
 */
public final class ConfigEdit {
    private final Surroundings surroundings;

    public ConfigEdit(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Puts the remote in, or in the place of the one of the same name. Returns the configuration as it is then. */
    public PoolConfig putRemote(Path file, RemoteConfig remote) throws PoolException {
        String text = read(file);
        String pool = ConfigReader.nameOf(file);
        ConfigReader reader = new ConfigReader(surroundings);
        PoolConfig before = reader.parse(pool, file, text);
        String edited = edited(file, text, before, remote);
        PoolConfig after = reader.parse(pool, file, edited);
        List<RemoteConfig> wanted = new ArrayList<>(before.remotes());
        int place = indexOf(before, remote.name());
        if (place < 0) {
            wanted.add(remote);
        } else {
            wanted.set(place, remote);
        }
        if (!after.remotes().equals(wanted)) {
            throw byHand(file, remote);
        }
        ConfigWriter.write(file, edited);
        return after;
    }

    /** Sets the limit of all remotes together. Returns the configuration as it is then. */
    public PoolConfig putBandwidth(Path file, Timetable limit) throws PoolException {
        String text = read(file);
        String pool = ConfigReader.nameOf(file);
        ConfigReader reader = new ConfigReader(surroundings);
        reader.parse(pool, file, text);
        String line = ConfigKey.BANDWIDTH.word() + ": " + ConfigWriter.quoted(Rates.text(limit));
        List<String> lines = new ArrayList<>(text.lines().toList());
        ConfigNode.Entry entry =
                ConfigParser.parse(new ConfigProblems(file), text).entries().get(ConfigKey.BANDWIDTH.word());
        if (file.toString().endsWith(".json")
                || (entry != null && !lines.get(entry.line() - 1).startsWith(ConfigKey.BANDWIDTH.word()))) {
            throw new PoolException(Reason.CONFIG, file + ": put this there yourself and run `poolfs reload`: " + line);
        }
        if (entry == null) {
            lines.removeIf(old -> old.startsWith("# " + ConfigKey.BANDWIDTH.word() + ":"));
            lines.add(line);
        } else {
            lines.set(entry.line() - 1, line);
        }
        String edited = String.join("\n", lines) + "\n";
        PoolConfig after = reader.parse(pool, file, edited);
        ConfigWriter.write(file, edited);
        return after;
    }

    private static String read(Path file) throws PoolException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot read the configuration " + file + ": " + e.getMessage(), e);
        }
    }

    private static String edited(Path file, String text, PoolConfig before, RemoteConfig remote) throws PoolException {
        ConfigNode.Table table = ConfigParser.parse(new ConfigProblems(file), text);
        ConfigNode.Entry entry = table.entries().get(ConfigKey.REMOTES.word());
        if (entry == null
                || !(entry.value() instanceof ConfigNode.Items list)
                || table.entries().containsKey("crypt_remotes")) {
            throw byHand(file, remote);
        }
        List<String> lines = new ArrayList<>(text.lines().toList());
        int place = indexOf(before, remote.name());
        ConfigNode item = list.items().get(place < 0 ? list.items().size() - 1 : place);
        String first = lines.get(item.line() - 1);
        int dash = first.indexOf("- ");
        if (dash < 0 || !first.substring(0, dash).isBlank()) {
            throw byHand(file, remote);
        }
        String line = first.substring(0, dash) + ConfigWriter.remoteLine(remote);
        if (place < 0) {
            lines.add(item.lastLine(), line);
        } else {
            lines.subList(item.line() - 1, item.lastLine()).clear();
            lines.add(item.line() - 1, line);
        }
        return String.join("\n", lines) + "\n";
    }

    private static int indexOf(PoolConfig config, String name) {
        for (int i = 0; i < config.remotes().size(); i++) {
            if (config.remotes().get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private static PoolException byHand(Path file, RemoteConfig remote) {
        return new PoolException(
                Reason.CONFIG,
                "the remotes in " + file + " are not one per line; put this there yourself and run `poolfs reload`: "
                        + ConfigWriter.remoteLine(remote));
    }
}
