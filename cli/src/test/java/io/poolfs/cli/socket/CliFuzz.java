package io.poolfs.cli.socket;

import io.poolfs.cli.fake.FakePool;
import io.poolfs.cli.service.EngineService;
import io.poolfs.cli.service.Lifecycle;
import io.poolfs.cli.service.PoolPath;
import io.poolfs.cli.setup.Kit;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.fuzz.Fuzz;
import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.fuzz.Targets;
import io.poolfs.core.local.RealFiles;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the program reads besides the engine, as targets: requests at the daemon's socket, paths, kits. */
public final class CliFuzz {
    private CliFuzz() {}

    /** All targets of poolfs. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "poolfs-fuzz-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        List<FuzzTarget> all = new ArrayList<>(Targets.all());
        all.addAll(targets(directory));
        Fuzz.run(all, arguments);
    }

    private static void delete(Path directory) {
        try {
            RealFiles.create().deleteTree(directory);
        } catch (PoolException e) {
            System.err.println("left behind: " + directory);
        }
    }

    static List<FuzzTarget> targets(Path directory) throws PoolException, IOException {
        Path kit = directory.resolve("kit");
        return List.of(
                requests(directory),
                new FuzzTarget(
                        "paths in the pool",
                        bytes("/films/a b.mkv", "/a/../b/./c//d", "/é"),
                        Set.of(Reason.INVALID, Reason.NAME_TOO_LONG),
                        64 * FuzzTarget.MIB,
                        30,
                        input -> {
                            for (FileName name : PoolPath.of(text(input)).names()) {
                                if (name.toString().equals("..")
                                        || name.toString().contains("/")) {
                                    throw new AssertionError("leads out: " + text(input));
                                }
                            }
                        }),
                new FuzzTarget(
                        "kits",
                        bytes("{\"version\":1,\"pool\":\"media\",\"pool_id\":\"0123456789abcdef0123456789abcdef\","
                                + "\"data_prefix\":\"d\",\"manifest_prefix\":\"m\",\"crypt_password\":\"secret\","
                                + "\"crypt_salt\":null,\"remotes\":[{\"name\":\"a:\",\"over\":null,\"type\":\"mega\"}],"
                                + "\"how_to\":[\"so\"]}"),
                        Set.of(Reason.CONFIG, Reason.NEWER_FORMAT),
                        16 * FuzzTarget.MIB,
                        5,
                        input -> {
                            Files.write(kit, input);
                            Kit unused = Kit.read(kit);
                        }));
    }

    private static FuzzTarget requests(Path directory) throws PoolException {
        PoolConfig config = new ConfigReader(Surroundings.ofThisProcess())
                .parse(
                        "media",
                        directory.resolve("media.yaml"),
                        "remotes: [\"/a\", \"/b\"]\nstate_dir: " + directory + "/s\ncache_dir: " + directory + "/c\n");
        FakePool pool = new FakePool(config, true);
        Path socket = directory.resolve("socket");
        ServiceServer unused = ServiceServer.start(
                socket,
                () -> new EngineService(
                        pool, Lifecycle.ofCommand(Instant.EPOCH, () -> {}), new PoolFileSystem.Caller(0, 0)));
        return new FuzzTarget(
                "requests at the socket",
                bytes(
                        call("status"),
                        call("stat", "\"/\"", "true"),
                        call("list", "\"/\"", "0"),
                        call("makeDirectory", "\"/d/e\"", "true", "493"),
                        call("createFile", "\"/f\"", "420", "true") + "{\"call\":\"write\",\"arguments\":[1,0,null],"
                                + "\"bytes\":3}\nabc" + call("read", "1", "0", "3") + call("read", "1", "0", "-3")
                                + call("closeFile", "1"),
                        call("move", "\"/f\"", "\"/g\"", "false"),
                        call("delete", "\"/g\"", "true", "null"),
                        call("setAttributes", "\"/\"", "493", "5"),
                        call("attribute", "\"b64:Lw==\"", "\"user.a\""),
                        call("flush", "[\"/\"]", "10", "null"),
                        call("check", "{\"data\":false,\"repair\":false}", "null")),
                Set.of(),
                64 * FuzzTarget.MIB,
                10,
                input -> ask(socket, input));
    }

    /** Sends the bytes; every answer is one, and the connection comes to its end. */
    private static void ask(Path socket, byte[] input) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            try {
                ByteBuffer bytes = ByteBuffer.wrap(input);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.shutdownOutput();
            } catch (IOException e) {
                return; // it was refused in its midst
            }
            byte[] answer;
            try {
                answer = Channels.newInputStream(channel).readAllBytes();
            } catch (IOException e) {
                return;
            }
            String text = new String(answer, StandardCharsets.ISO_8859_1);
            if (text.contains("{\"error\":{\"reason\":\"INTERNAL\"")) {
                throw new AssertionError(text);
            }
        }
    }

    private static String call(String name, String... arguments) {
        return "{\"call\":\"" + name + "\",\"arguments\":[" + String.join(",", arguments) + "]}\n";
    }

    private static List<byte[]> bytes(String... texts) {
        return Stream.of(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
