package io.poolfs.core.remote;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.RemoteId;
import java.time.Instant;
import java.util.List;

/** The markers of pools and remotes, as targets. */
public final class RemoteFuzz {
    private RemoteFuzz() {}

    public static List<FuzzTarget> targets() {
        PoolId pool = new PoolId(1, 2);
        return List.of(
                FuzzTarget.ofDamage(
                        "remote.json", List.of(new RemoteMarker(pool, new RemoteId(3, 4)).toBytes()), input -> {
                            RemoteMarker unused = RemoteMarker.parse(input);
                        }),
                FuzzTarget.ofDamage("pool.json", List.of(new PoolMarker(pool, Instant.EPOCH).toBytes()), input -> {
                    PoolMarker unused = PoolMarker.parse(input);
                }));
    }
}
