package io.poolfs.core.journal;

import com.github.luben.zstd.Zstd;
import io.poolfs.core.fuzz.FuzzTarget;
import io.poolfs.core.local.SimFiles;
import io.poolfs.core.meta.CheckpointCodec;
import io.poolfs.core.meta.MemoryStore;
import io.poolfs.core.meta.TransactionCodec;
import io.poolfs.core.model.OwnerId;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.time.SimScheduler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the journal reads from remotes and from its state directory, as targets. */
public final class JournalFuzz {
    private static final PoolId POOL = new PoolId(0x0102030405060708L, 0x090a0b0c0d0e0f10L);
    private static final OwnerId OWNER = new OwnerId(0x1112131415161718L, 0x191a1b1c1d1e1f20L);
    private static final NumberedName FOLDER = new NumberedName(3, OWNER);
    private static final long NANOS = 1_795_000_000_123_456_789L;
    private static final String HASH_FIELD = ",\"sha256\":\"";

    private static final byte[] NEWLINE = {'\n'};

    private final SegmentCodec codec = new SegmentCodec(POOL);
    private final List<FuzzTarget> targets = new ArrayList<>();

    public static List<FuzzTarget> targets() throws PoolException, IOException {
        return new JournalFuzz().all();
    }

    private List<FuzzTarget> all() throws PoolException, IOException {
        byte[] lines = golden("transactions.jsonl");
        long count = new String(lines, StandardCharsets.UTF_8).lines().count();
        byte[] segment = codec.encode(3, OWNER, count, NANOS, ChainPosition.START, lines);
        add("segment, as it lies", List.of(segment, golden("segment-1.zst")), input -> read(input));
        add("segment, unpacked", List.of(plain(segment)), input -> read(Zstd.compress(input)));
        add("segment, lines", List.of(lines), input -> {
            if (input.length > 0) {
                long last = Math.max(
                        1,
                        new String(input, StandardCharsets.ISO_8859_1)
                                .chars()
                                .filter(c -> c == '\n')
                                .count());
                read(codec.encode(3, OWNER, last, NANOS, ChainPosition.START, input));
            }
        });
        bombs();
        checkpoints();
        notices();
        local();
        return targets;
    }

    private void add(String name, List<byte[]> examples, FuzzTarget.Feed feed) {
        targets.add(FuzzTarget.ofDamage(name, examples, feed));
    }

    private void read(byte[] object) throws PoolException {
        Segment segment = codec.decode(object, FOLDER, 1, "it");
        segment.forEachLine((id, line) -> {
            int unused = TransactionCodec.decode(line).ops().size();
        });
    }

    /** Small objects that want to become large: more than they say, and as much as they may say. */
    private void bombs() throws IOException {
        List<byte[]> bombs = new ArrayList<>();
        for (int says : new int[] {1, 96 << 20, SegmentCodec.MAX_LINE_BYTES}) {
            byte[] header = text(plain(codec.encode(3, OWNER, 1, NANOS, ChainPosition.START, NEWLINE)))
                    .replaceFirst("\"bytes\":1,", "\"bytes\":" + says + ",")
                    .getBytes(StandardCharsets.UTF_8);
            bombs.add(Zstd.compress(Arrays.copyOf(header, header.length + (96 << 20))));
        }
        bombs.add(golden("segment-1.zst"));
        targets.add(FuzzTarget.ofDamage("segment, bomb", bombs, this::read)
                .with(SegmentCodec.MAX_LINE_BYTES + 4 * FuzzTarget.MIB, 0));
    }

    private void checkpoints() throws IOException {
        SimScheduler scheduler = SimScheduler.ofSeed(1);
        SimFiles files = new SimFiles(scheduler);
        Path path = Path.of("/checkpoint");
        FuzzTarget.Feed load = packed -> scheduler.run("load", () -> {
            files.writeAtomically(path, packed);
            try (CheckpointReader reader = CheckpointReader.open(files, path, POOL)) {
                CheckpointCodec.load(reader::next, new MemoryStore(scheduler));
            }
        });
        byte[] golden = golden("checkpoint-5.zst");
        targets.add(FuzzTarget.ofDamage("checkpoint, as it lies", List.of(golden), load)
                .with(32 * FuzzTarget.MIB, 10));
        // The trailer is made right again, so that what the lines say is what counts.
        byte[] unpacked = plain(golden);
        int end = lastLine(unpacked);
        byte[] longLine = Arrays.copyOf(unpacked, unpacked.length + (96 << 20));
        targets.add(FuzzTarget.ofDamage("checkpoint, bomb", List.of(golden, Zstd.compress(longLine)), load)
                .with(48 * FuzzTarget.MIB, 0));
        targets.add(FuzzTarget.ofDamage(
                        "checkpoint, lines",
                        List.of(Arrays.copyOf(unpacked, end)),
                        input -> load.take(Zstd.compress(withTrailer(input))))
                .with(32 * FuzzTarget.MIB, 20));
    }

    private static byte[] withTrailer(byte[] lines) {
        long count = new String(lines, StandardCharsets.ISO_8859_1)
                .chars()
                .filter(c -> c == '\n')
                .count();
        byte[] trailer = Fields.line(Fields.object()
                .put("format", Layout.FORMAT)
                .put("kind", CheckpointReader.TRAILER)
                .put("lines", count - 1)
                .put("sha256", Hashes.sha256(lines).hex()));
        byte[] all = Arrays.copyOf(lines, lines.length + trailer.length);
        System.arraycopy(trailer, 0, all, lines.length, trailer.length);
        return all;
    }

    private static int lastLine(byte[] text) {
        int end = text.length - 1;
        while (end > 0 && text[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private void notices() throws IOException {
        add("epoch objects", List.of(golden("claim.json"), golden("base.json"), golden("released.json")), this::notice);
        List<byte[]> bodies = new ArrayList<>();
        for (String name : List.of("claim.json", "base.json", "released.json")) {
            String text = new String(golden(name), StandardCharsets.UTF_8);
            bodies.add(text.substring(0, text.lastIndexOf(HASH_FIELD)).getBytes(StandardCharsets.UTF_8));
        }
        // Sealed again, so that the checksum is right.
        add("epoch objects, sealed", bodies, input -> {
            byte[] tail = (HASH_FIELD + Hashes.sha256(input).hex() + "\"}\n").getBytes(StandardCharsets.UTF_8);
            byte[] sealed = Arrays.copyOf(input, input.length + tail.length);
            System.arraycopy(tail, 0, sealed, input.length, tail.length);
            notice(sealed);
        });
        add("names on remotes", List.of(FOLDER.toString().getBytes(StandardCharsets.UTF_8), utf8("12")), input -> {
            String name = new String(input, StandardCharsets.UTF_8);
            NumberedName parsed = NumberedName.parse(Layout.stemOf(name));
            if (parsed != null) {
                Path path =
                        Path.of("/state/checkpoints").resolve(parsed.toString()).normalize();
                if (!Path.of("/state/checkpoints").equals(path.getParent())) {
                    throw new AssertionError(name + " leads to " + path);
                }
            }
        });
    }

    private void notice(byte[] input) throws PoolException {
        NumberedName name = new NumberedName(3, OWNER);
        String text = new String(input, StandardCharsets.ISO_8859_1);
        if (text.contains("\"claim\"")) {
            Claim.read(input, POOL, name, "it");
        } else if (text.contains("\"base\"")) {
            EpochNotice.readBase(input, POOL, name, "it");
        } else {
            EpochNotice.readReleased(input, POOL, name, "it");
        }
    }

    private void local() throws IOException {
        byte[] line = utf8(new String(golden("transactions.jsonl"), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElseThrow());
        ByteBuffer log = ByteBuffer.allocate(4096);
        new JournalRecord(JournalRecord.Kind.TRANSACTION, 1, line).write(log);
        new JournalRecord(JournalRecord.Kind.NOTE, 7, utf8("note")).write(log);
        new JournalRecord(JournalRecord.Kind.SYNCED, 1, new byte[0]).write(log);
        add("local journal", List.of(Arrays.copyOf(log.array(), log.position())), input -> {
            ByteBuffer bytes = ByteBuffer.wrap(input);
            int position = 0;
            for (JournalRecord record = JournalRecord.read(bytes, position);
                    record != null;
                    record = JournalRecord.read(bytes, position)) {
                position += (int) record.frameBytes();
            }
        });
        byte[] owner = utf8(
                "{\"format\":1,\"kind\":\"owner\",\"pool\":\"" + POOL.hex() + "\",\"owner\":\"" + OWNER.hex()
                        + "\",\"host\":\"h\",\"machine\":\"m\",\"boot\":\"b\",\"pid\":7,\"clean\":true,\"stage\":\"ab\",\"shipped\":3}\n");
        SimScheduler scheduler = SimScheduler.ofSeed(2);
        SimFiles files = new SimFiles(scheduler);
        Path path = Path.of("/owner.json");
        targets.add(new FuzzTarget(
                "owner.json",
                List.of(owner),
                java.util.Set.of(
                        io.poolfs.core.model.Reason.CORRUPT,
                        io.poolfs.core.model.Reason.NEWER_FORMAT,
                        io.poolfs.core.model.Reason.CONFIG,
                        io.poolfs.core.model.Reason.TOO_LARGE),
                16 * FuzzTarget.MIB,
                10,
                input -> scheduler.run("read", () -> {
                    files.writeAtomically(path, input);
                    OwnerFile.read(files, path, POOL);
                })));
    }

    private static byte[] plain(byte[] packed) {
        return Zstd.decompress(packed, 1 << 20);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = JournalFuzz.class.getResourceAsStream("/format1/" + name)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
