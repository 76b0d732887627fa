package io.poolfs.cli.service;

import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.model.Chunk;
import io.poolfs.core.model.Extent;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import io.poolfs.core.model.RemoteId;
import io.poolfs.core.model.Sha256;
import io.poolfs.core.remote.ChunkObjects;
import io.poolfs.core.remote.RemoteStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes the manifest of a file from its committed content. */
final class ManifestReport {
    private final OpenPool pool;

    ManifestReport(OpenPool pool) {
        this.pool = pool;
    }

    Manifest of(PoolPath path, Inode file) throws PoolException {
        Map<RemoteId, String> names = new HashMap<>();
        for (RemoteStatus status : pool.remotes()) {
            RemoteId id = status.id();
            if (id != null) {
                names.put(id, status.name());
            }
        }
        PoolConfig config = pool.config();
        ChunkObjects objects = new ChunkObjects(config.dataPrefix());
        List<Manifest.Part> parts = pool.metadata().read(reader -> {
            List<Manifest.Part> found = new ArrayList<>();
            for (Extent extent : reader.extents(file.number(), 0, Long.MAX_VALUE)) {
                Chunk chunk = reader.chunk(extent.piece().chunk());
                if (chunk == null) {
                    throw new PoolException(
                            Reason.CORRUPT,
                            path + ": chunk " + extent.piece().chunk() + " is not known; run `poolfs fsck`");
                }
                Sha256 hash = extent.piece().hash();
                found.add(new Manifest.Part(
                        found.size(),
                        names.get(chunk.remote()),
                        chunk.remote().hex(),
                        objects.nameOf(chunk),
                        extent.lengthBytes(),
                        extent.fileOffset(),
                        extent.piece().offset() + extent.skipBytes(),
                        hash == null ? null : hash.hex(),
                        extent.skipBytes(),
                        extent.piece().lengthBytes()));
            }
            return found;
        });
        String name = path.name().toString();
        return new Manifest(
                1,
                name,
                path.parent().toString(),
                path.toString(),
                file.sizeBytes(),
                config.chunkSizeBytes(),
                parts.size(),
                file.birthNanos() / 1e9,
                checksum(name + ":" + file.sizeBytes() + ":" + parts.size()),
                parts);
    }

    private static String checksum(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
