package io.poolfs.core.remote.rclone;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.model.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Names of remotes, flags, and what rclone says, as targets. */
public final class RcloneFuzz {
    private RcloneFuzz() {}

    public static List<FuzzTarget> targets() {
        return List.of(
                new FuzzTarget(
                        "names of remotes",
                        bytes(
                                "a:",
                                "a,url=\"http://x:1/\",b=c:some/path",
                                ":local,copy_links=true:/x",
                                "/mnt/disk",
                                "a" + ",".repeat(99)),
                        Set.of(Reason.CONFIG),
                        16 * FuzzTarget.MIB,
                        30,
                        input -> {
                            RcloneName name = RcloneName.parseRemote(text(input));
                            if (!text(input).endsWith(name.path())) {
                                throw new AssertionError("another path: " + name);
                            }
                        }),
                new FuzzTarget(
                        "flags of rclone",
                        bytes("--fast-list", "-vv", "--dry-run", "-n", "--user-agent=x"),
                        Set.of(Reason.CONFIG),
                        16 * FuzzTarget.MIB,
                        10,
                        input -> RcloneFlags.check(List.of(text(input)), Map.of("RCLONE_" + text(input), "1"))),
                FuzzTarget.ofDamage(
                        "errors of rclone",
                        bytes(
                                "operations/stat: Propfind \"http://127.0.0.1:1/a 404\": dial tcp: connection refused",
                                "Update mkParentDir failed: status 507: 507 Insufficient Storage"),
                        input -> {
                            Reason reason = RcloneErrors.reason(text(input), "a/507");
                            if (reason == Reason.INTERNAL) {
                                throw new AssertionError(reason);
                            }
                        }));
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
