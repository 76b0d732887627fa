package io.poolfs.core.adopt;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.model.ObjectPath;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Manifests of rclonepool, as a target. */
public final class AdoptFuzz {
    private static final String MANIFEST = """
            {"version":1,"file_name":"a b.mkv","file_path":"/films/a b.mkv","file_size":150,"chunk_size":100,
            "chunk_count":2,"created_at":1700000000.5,"checksum":"0123456789abcdef","chunks":[
            {"index":0,"remote":"one:","path":"data/a b.mkv.0","size":100,"offset":0},
            {"index":1,"remote":"two:","path":"data/a b.mkv.1","size":50,"offset":100}]}
            """;

    private AdoptFuzz() {}

    public static List<FuzzTarget> targets() {
        return List.of(FuzzTarget.ofDamage(
                        "rclonepool manifests", List.of(MANIFEST.getBytes(StandardCharsets.UTF_8)), input -> {
                            OldManifest manifest = OldManifest.parse(input);
                            if (!ObjectPath.isValid(manifest.filePath().substring(1))
                                    || !manifest.parts().stream().allMatch(part -> ObjectPath.isValid(part.path()))) {
                                throw new AssertionError("leads out: " + manifest);
                            }
                        })
                .with(16 * FuzzTarget.MIB, 60));
    }
}
