package io.poolfs.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * This machine, to be changed without being changed: mount and process namespaces of their own, where {@code /usr},
 * {@code /etc} and {@code /var} are written to a tmpfs. What is started there ends with it. Needs root.
 */
final class PrivateSystem {
    /** Names {@code /usr}, {@code /etc} and {@code /var}, which must not change below it: for resource locks. */
    static final String BELOW = "the files of the system";

    private static final String ENTER = """
            set -e
            upper=$(mktemp -d /dev/shm/poolfs-it-system-XXXXXX)
            trap 'rm -rf "$upper"' EXIT
            export upper
            unshare --mount --pid --cgroup --ipc --uts --fork --kill-child --mount-proc bash -ec '
              mount -t tmpfs tmpfs "$upper"
              for tree in usr etc var; do
                mkdir -p "$upper/$tree" "$upper/work-$tree"
                mount -t overlay overlay \\
                  -o "lowerdir=/$tree,upperdir=$upper/$tree,workdir=$upper/work-$tree" "/$tree"
              done
              mount -t tmpfs -o mode=755 tmpfs /run
              mkdir /run/lock
              # A copy of a mount would keep it from ending.
              awk "\\$3 ~ /^fuse/ { print \\$2 }" /proc/self/mounts | xargs -r -n 1 umount -l
              exec "$@"' enter "$@"
            """;

    private PrivateSystem() {}

    static boolean isPossible() {
        return run(Path.of("/"), Map.of(), "true").succeeded();
    }

    /** Runs a command there. */
    static Shell.Result run(Path directory, Map<String, String> environment, String... command) {
        List<String> words = new ArrayList<>(List.of("bash", "-c", ENTER, "enter"));
        words.addAll(List.of(command));
        return Shell.run(environment, directory, words);
    }

    /** A script that lies beside the tests, copied to a folder. */
    static Path script(String name, Path folder) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = PrivateSystem.class.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(in, name), copy);
        }
        return copy;
    }
}
