package io.poolfs.core.remote.rclone;

import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts rclone so that it cannot outlive us, even when we are killed.
 *
 * <p>With util-linux's {@code setpriv} the kernel kills rclone when the thread that started it ends; a shell in
 * between makes sure that we were still alive when that was arranged. Where {@code setpriv} is missing or cannot do it
 * (busybox), a shell waits for the end of its standard input, which is a pipe from us, and kills rclone then.
 */
final class RcloneCommand {
    private static final String STILL_OURS = "[ \"$PPID\" = \"$0\" ] || exit 1; exec \"$@\"";
    private static final String WATCHDOG = "exec 3<&0; \"$@\" </dev/null 3<&- & child=$!;"
            + " ( read -r _ <&3; kill -KILL $child ) 2>/dev/null & watch=$!; exec 3<&-;"
            + " wait $child; result=$?; kill $watch 2>/dev/null; exit $result";

    /** What systemd gives to a service. rclone would tell it that the service is ready, and mark its lines for it. */
    private static final Set<String> OF_THE_SERVICE =
            Set.of("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "INVOCATION_ID", "JOURNAL_STREAM");

    /** Options of rclone's servers that a user may have set for his own. */
    private static final Set<String> OF_SERVERS = Set.of(
            "RCLONE_ADDR",
            "RCLONE_ALLOW_ORIGIN",
            "RCLONE_APPEND_ONLY",
            "RCLONE_BASEURL",
            "RCLONE_CERT",
            "RCLONE_CLIENT_CA",
            "RCLONE_HTPASSWD",
            "RCLONE_KEY",
            "RCLONE_PRIVATE_REPOS",
            "RCLONE_REALM",
            "RCLONE_SALT",
            "RCLONE_STDIO");

    private final RcloneLaunch launch;
    private final @Nullable Path setpriv;

    private RcloneCommand(RcloneLaunch launch, @Nullable Path setpriv) {
        this.launch = launch;
        this.setpriv = setpriv;
    }

    static RcloneCommand of(RcloneLaunch launch) throws PoolException {
        findBinary(launch);
        return new RcloneCommand(launch, findSetpriv(launch.environment()));
    }

    /** The same without the parent-death signal. */
    static RcloneCommand withWatchdog(RcloneLaunch launch) throws PoolException {
        findBinary(launch);
        return new RcloneCommand(launch, null);
    }

    /** Ready to start: its credentials are in the environment, never in the arguments. */
    ProcessBuilder build(String user, String password) {
        ProcessBuilder builder = build(arguments());
        builder.environment().put("RCLONE_RC_USER", user);
        builder.environment().put("RCLONE_RC_PASS", password);
        return builder;
    }

    /** The same for a server of one place's objects. */
    ProcessBuilder buildServer(String place, String user, String password) {
        ProcessBuilder builder = build(serverArguments(place));
        builder.environment().keySet().removeAll(OF_SERVERS);
        builder.environment().put("RCLONE_USER", user);
        builder.environment().put("RCLONE_PASS", password);
        return builder;
    }

    private ProcessBuilder build(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(launch.environment());
        environment.keySet().removeIf(name -> name.startsWith("RCLONE_RC"));
        environment.keySet().removeAll(OF_THE_SERVICE);
        String configPassword = launch.configPassword();
        if (configPassword != null) {
            environment.put("RCLONE_CONFIG_PASS", configPassword);
        }
        if (setpriv != null) {
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        }
        return builder;
    }

    List<String> arguments() {
        // The kernel chooses the port; rclone tells it.
        return arguments(List.of("rcd", "--rc-serve", "--rc-addr=127.0.0.1:0", "--rc-job-expire-duration=10s"));
    }

    List<String> serverArguments(String place) {
        return arguments(List.of("serve", "restic", place, "--addr=127.0.0.1:0"));
    }

    private List<String> arguments(List<String> verb) {
        List<String> words = new ArrayList<>();
        if (setpriv != null) {
            String self = Long.toString(ProcessHandle.current().pid());
            words.addAll(List.of(setpriv.toString(), "--pdeathsig", "KILL", "sh", "-c", STILL_OURS, self));
        } else {
            words.addAll(List.of("sh", "-c", WATCHDOG, "sh"));
        }
        words.add(launch.binary());
        words.addAll(verb);
        words.addAll(List.of(
                "--ask-password=false",
                // Objects come whole or in ranges into our buffers; rclone's read-ahead would only cost memory.
                "--buffer-size=0",
                "--use-mmap",
                // We retry, with our own deadlines: ten attempts of rclone would hide a dead remote for a minute.
                "--low-level-retries=2",
                "--contimeout=" + seconds(Math.min(15, launch.timeout().toSeconds())),
                "--timeout=" + seconds(launch.timeout().toSeconds())));
        Path config = launch.config();
        if (config != null) {
            words.add("--config=" + config);
        }
        words.addAll(launch.flags());
        return words;
    }

    private static String seconds(long count) {
        return Math.max(1, count) + "s";
    }

    /** CONFIG when there is no such program. */
    static void findBinary(RcloneLaunch launch) throws PoolException {
        if (find(launch.binary(), launch.environment()) == null) {
            throw new PoolException(
                    Reason.CONFIG,
                    "no rclone at \"" + launch.binary()
                            + "\": install it (apt install rclone, or https://rclone.org/install) or set rclone_binary");
        }
    }

    private static @Nullable Path findSetpriv(Map<String, String> environment) {
        Path found = find("setpriv", environment);
        if (found == null) {
            return null;
        }
        try {
            // busybox has a setpriv without this option.
            Process trial = new ProcessBuilder(found.toString(), "--pdeathsig", "KILL", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return trial.waitFor() == 0 ? found : null;
        } catch (java.io.IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private static @Nullable Path find(String program, Map<String, String> environment) {
        if (program.contains("/")) {
            Path path = Path.of(program);
            return Files.isExecutable(path) && !Files.isDirectory(path) ? path : null;
        }
        for (String directory :
                environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")) {
            Path path = Path.of(directory.isEmpty() ? "." : directory, program);
            if (Files.isExecutable(path) && !Files.isDirectory(path)) {
                return path;
            }
        }
        return null;
    }
}
