package io.poolfs.it;

import static io.poolfs.it.BadPool.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What another user of the machine can see and do, and where secrets can be seen. Needs root, to be that user. */
@Order(9)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SafetyIT {
    private static final List<String> NOBODY =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
    private static final String MARK = "what-is-in-this-file-is-nobodys-business";
    private static final int FAILED = 1;

    private Path temp;
    private BadPool pool;

    @BeforeAll
    void makePool(@TempDir Path directory) throws Exception {
        Faults.needRoot();
        temp = directory;
        pool = new BadPool(temp, Folders.make(temp, 3), true, machine -> {});
        // Others come as far as the pool's own directories: these are what is to keep them out.
        for (Path path = pool.machine.stateDir(BadPool.NAME).getParent();
                path.startsWith(temp);
                path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.setPosixFilePermissions(pool.config().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(
                pool.config().getParent().getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(pool.machine.cache(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    void end() throws Exception {
        if (pool != null) {
            pool.assertWhole();
            pool.close();
        }
    }

    @Test
    void runningPool_keepsOthersOutAndSecretsIn() throws Exception {
        Path mount = pool.machine.mount("mnt", "-vv");
        try {
            otherUser_readsAndReachesNothing(mount);
            rclonePort_withoutCredentials_answersNothing();
            secrets_areInNoCommandLineLogOrCoreFile(mount);
        } finally {
            pool.machine.unmount(mount);
        }
    }

    private void otherUser_readsAndReachesNothing(Path mount) throws Exception {
        Files.writeString(mount.resolve("private"), MARK);
        for (Path place : List.of(
                pool.machine.cache(),
                pool.machine.stateDir(BadPool.NAME),
                pool.config().getParent(),
                pool.rcloneConfig())) {
            assertThat(asNobody("ls -d " + place)).as("he comes so far").isEqualTo(place.toString());
            assertThat(asNobody("find " + place + " -type f -readable -o -type s -writable -o -type d -writable"))
                    .as("%s", place)
                    .isEmpty();
            assertThat(asNobody("cat " + place + "/daemon.sock " + place + "/journal/* " + place + "/images/*/*"))
                    .isEmpty();
        }
        assertThat(asNobody("cat " + mount + "/private; ls " + mount)).isEmpty();
        long daemon = pool.machine.daemonPid();
        assertThat(asNobody("cat /proc/" + daemon + "/environ /proc/" + rclone(daemon) + "/environ"))
                .isEmpty();
        Files.delete(mount.resolve("private"));
    }

    private void rclonePort_withoutCredentials_answersNothing() throws Exception {
        int port = listeningPort(rclone(pool.machine.daemonPid()));
        HttpClient client = HttpClient.newHttpClient();
        for (String path : List.of("rc/noop", "config/dump", "core/command", "[crypt-pool:]/x", "")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"
                            + path.replace("[", "%5B").replace("]", "%5D")))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .as(path)
                    .isIn(401, 403);
        }
    }

    @Test
    void mountForOthers_obeysPermissions() throws Exception {
        Path mount = pool.machine.mount("mnt", "-o", "allow_other");
        try {
            Path secret = Files.writeString(mount.resolve("secret"), MARK);
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            Path open = Files.writeString(mount.resolve("open"), MARK);
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(asNobody("cat " + secret)).isEmpty();
            assertThat(asNobody("cat " + open)).isEqualTo(MARK);
            asNobody("echo changed >" + open + "; rm -f " + open + "; touch " + mount + "/new; chmod 777 " + secret
                    + "; mkdir " + mount + "/d/x");
            assertThat(open).hasContent(MARK);
            assertThat(mount.resolve("new")).doesNotExist();
            assertThat(mount.resolve("d/x")).doesNotExist();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                    .isEqualTo("rw-------");
            Files.delete(secret);
            Files.delete(open);
        } finally {
            pool.machine.unmount(mount);
        }
    }

    private void secrets_areInNoCommandLineLogOrCoreFile(Path mount) throws Exception {
        Files.writeString(mount.resolve("private2"), MARK);
        pool.machine.poolfs("flush").orFail();
        long daemon = pool.machine.daemonPid();
        List<String> secrets = new ArrayList<>(List.of("a good password", "and its salt", MARK));
        Matcher obscured = Pattern.compile("password2? = (\\S+)").matcher(Files.readString(pool.rcloneConfig()));
        while (obscured.find()) {
            secrets.add(obscured.group(1));
        }
        secrets.add(environment(rclone(daemon), "RCLONE_RC_PASS"));
        assertThat(secrets).hasSizeGreaterThan(4).allMatch(secret -> secret.length() > 8);
        String everyone = asNobody("ps auxwwe; cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
        assertThat(everyone).contains("rclone").contains("--foreground").doesNotContain(secrets);
        for (Path log : logs()) {
            assertThat(Files.readString(log, StandardCharsets.ISO_8859_1))
                    .as("%s", log)
                    .doesNotContain(secrets);
        }
        for (long process : List.of(daemon, rclone(daemon))) {
            assertThat(Files.readString(Path.of("/proc/" + process + "/limits")))
                    .containsPattern("Max core file size +0 ");
        }
        Files.delete(mount.resolve("private2"));
    }

    @Test
    void cacheDir_madeByAnotherBefore_isRefusedAndLeftAlone() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "poolfs-it-shared-");
        Files.setAttribute(shared, "unix:mode", 01777);
        String before = Files.readString(pool.config());
        try {
            asNobody("mkdir -m 700 " + shared + "/theirs; mkdir -m 777 " + shared + "/open; ln -s " + shared + "/open "
                    + shared + "/link; ln -s /nowhere " + shared + "/dangling");
            for (String name : List.of("theirs", "link", "dangling", "open/pool")) {
                pool.machine.configure(BadPool.NAME, "cache_dir: " + shared.resolve(name));
                Shell.Result result = pool.tryMount();
                assertThat(result.exit()).as("%s", result).isNotZero();
                assertThat(result.err())
                        .contains("cache_dir", shared.toString())
                        .doesNotContain("Exception");
            }
            assertThat(Shell.bash(shared, "find . -user root -not -name .")).isEmpty();
        } finally {
            Files.writeString(pool.config(), before);
            Machine.deleteTree(shared);
        }
    }

    /** The state directory's path is too long for a socket, and so is the cache's. */
    @Test
    void socketInTmp_madeByAnotherBefore_isNotTrusted() throws Exception {
        String before = Files.readString(pool.config());
        String deep = "x".repeat(110);
        Path state = temp.resolve(deep);
        Path socket = Path.of(
                "/tmp",
                "poolfs-" + java.util.UUID.nameUUIDFromBytes(state.toString().getBytes(StandardCharsets.UTF_8)));
        try {
            pool.machine.configure(
                    BadPool.NAME,
                    "state_dir: " + state,
                    "cache_dir: " + pool.machine.cache().resolve(deep));
            asNobody("mkdir -m 755 " + socket);
            assertRefused(pool.machine.poolfs("status"), FAILED, socket.toString(), "another user");
            assertThat(pool.tryMount("--take-over").exit()).isNotZero();
        } finally {
            Files.writeString(pool.config(), before);
            Machine.deleteTree(socket);
            Machine.deleteTree(state);
        }
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.walk(pool.machine.home())) {
            List<Path> logs = files.filter(file -> file.getFileName().toString().matches(".*\\.log.*|.*log"))
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/journal/"))
                    .toList();
            assertThat(logs).isNotEmpty();
            return logs;
        }
    }

    /** What a script says on its standard output when another user runs it. */
    private static String asNobody(String script) {
        List<String> command = new ArrayList<>(NOBODY);
        command.addAll(List.of("bash", "-c", script));
        return Shell.run(Map.of(), Path.of("/"), command).out().strip();
    }

    private static long rclone(long daemon) {
        return ProcessHandle.of(daemon)
                .orElseThrow()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("rclone"))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    private static String environment(long process, String name) throws IOException {
        return Arrays.stream(Files.readString(Path.of("/proc/" + process + "/environ"))
                        .split("\0"))
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst()
                .orElseThrow();
    }

    /** The loopback port that the process listens on, as the kernel tells it. */
    private static int listeningPort(long process) throws IOException {
        List<String> inodes = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process + "/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                String target = Files.readSymbolicLink(descriptor).toString();
                if (target.startsWith("socket:[")) {
                    inodes.add(target.substring(8, target.length() - 1));
                }
            }
        }
        for (String line : Files.readAllLines(Path.of("/proc/net/tcp"))) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 9 && words[3].equals("0A") && inodes.contains(words[9])) {
                assertThat(words[1]).startsWith("0100007F:");
                return Integer.parseInt(words[1].split(":")[1], 16);
            }
        }
        throw new AssertionError("process " + process + " listens nowhere");
    }
}
