package io.poolfs.core.stage;

import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.meta.PendingExtent;
import io.poolfs.core.model.ByteRange;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.ChunkId;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Piece;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What was spilled to disk, as targets. */
public final class StageFuzz {
    private StageFuzz() {}

    public static List<FuzzTarget> targets() throws PoolException {
        Sha256 hash = Sha256.of(new byte[Sha256.BYTES]);
        ChunkId id = new ChunkId(1, 2);
        Extent extent = new Extent(0, 4096, new Piece(id, 0, 4096, hash), 0);
        byte[] whole = SpillJson.write(new SpillRecord(
                7,
                1,
                1,
                2,
                9000,
                9000,
                3,
                4,
                5L,
                List.of(new ByteRange(4096, 4904)),
                hash,
                List.of(
                        new PendingExtent(extent.fileRange(), extent),
                        new PendingExtent(new ByteRange(4096, 10), null)),
                List.of(new Chunk(id, new RemoteId(3, 4), 4096, 1, new int[] {5}))));
        byte[] body = Arrays.copyOfRange(whole, 2 * Sha256.BYTES + 1, whole.length);
        return List.of(
                FuzzTarget.ofDamage("spilled records", List.of(whole), input -> SpillJson.read("it", input)),
                FuzzTarget.ofDamage(
                        "spilled records, sealed", List.of(body), input -> SpillJson.read("it", sealed(input))));
    }

    private static byte[] sealed(byte[] body) throws NoSuchAlgorithmException {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
        byte[] head = (HexFormat.of().formatHex(hash) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
