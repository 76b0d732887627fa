package io.poolfs.mount.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.fs.Errnos;
import io.poolfs.core.fs.PoolFileSystem.Caller;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.mount.memory.MemoryFileSystem;
import io.poolfs.mount.session.MountSettings;
import io.poolfs.mount.system.Native;
import io.poolfs.mount.system.NativeBuffer;
import io.poolfs.mount.system.SystemCalls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that no kernel sends: sound ones with bytes changed, cut off or lengthened. {@code -Dpoolfs.fuzz.requests}
 * says how many, {@code -Dpoolfs.fuzz.seed} which.
 */
class DamagedRequestsTest {
    private static final int ROOM = 64 * 1024;
    private static final int OPCODES = 60;
    private static final long COUNT = Long.getLong("poolfs.fuzz.requests", 200_000);
    private static final int FILES = 8;

    private final NativeBuffer received = NativeBuffer.allocate(ROOM);
    private final NativeBuffer answer = NativeBuffer.allocate(ROOM);
    private final Request request = new Request(received.bytes());
    private final MountSettings settings = MountSettings.of(Path.of("/nowhere"), "memory");
    private MemoryFileSystem fs = new MemoryFileSystem();
    private Dispatcher dispatcher;
    private int answers;
    private int error;

    @BeforeEach
    void begin() throws Exception {
        renew();
    }

    @Test
    void damagedRequest_isAnsweredOnceAndBreaksNothing() throws Exception {
        long seed = Long.getLong("poolfs.fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        for (long i = 0; i < COUNT; i++) {
            if (i % 20_000 == 0) {
                renew();
            }
            int length = damaged(random);
            if (!request.received(length)) {
                continue;
            }
            answers = 0;
            int opcode = request.opcode();
            dispatcher.dispatch(request, new Reply(this::take, settings, answer));

            boolean silent = opcode == Abi.Opcode.FORGET || opcode == Abi.Opcode.BATCH_FORGET;
            assertThat(answers)
                    .as("answers to request %s of seed %s, opcode %s", i, seed, opcode)
                    .isEqualTo(silent ? 0 : 1);
            assertThat(error)
                    .as("error of request %s of seed %s, opcode %s", i, seed, opcode)
                    .isNotEqualTo(-Errnos.EIO);
        }
    }

    @Test
    void unknownRequest_isNotServed() {
        header(54, 48);

        assertThat(request.received(48)).isTrue();
        dispatcher.dispatch(request, new Reply(this::take, settings, answer));

        assertThat(error).isEqualTo(-Errnos.ENOSYS);
    }

    @Test
    void received_lessThanAHeaderOrOtherThanItSays_isNoRequest() {
        header(Abi.Opcode.GETATTR, 56);

        assertThat(request.received(39)).isFalse();
        assertThat(request.received(55)).isFalse();
        assertThat(request.received(56)).isTrue();
    }

    private static final class NoBackings implements Passthrough.Backings {
        @Override
        public int open(Path file) {
            return -Errnos.EPERM;
        }

        @Override
        public void close(int backing) {}
    }

    /** A new tree: a few files, and handles of them. */
    private void renew() throws Exception {
        fs = new MemoryFileSystem();
        Notifications notifications = new Notifications((address, length) -> true);
        dispatcher = new Dispatcher(
                fs,
                notifications,
                new Barrier(SystemCalls.load()),
                new Negotiation(false),
                new Passthrough(fs, new NoBackings()));
        for (int i = 0; i < FILES; i++) {
            fs.create(null, new Caller(0, 0), Inode.ROOT, FileName.of("f" + i), 0644, true);
        }
        fs.openDirectory(Inode.ROOT);
    }

    private boolean take(long address, int length) {
        int claimed = Native.getInt(address + Abi.OutHeader.LEN);
        if (Native.getLong(address + Abi.OutHeader.UNIQUE) != 0) {
            answers++;
            error = Native.getInt(address + Abi.OutHeader.ERROR);
            assertThat(claimed).isEqualTo(length);
            assertThat(error).isBetween(-200, 0);
        }
        return true;
    }

    private void header(int opcode, int length) {
        ByteBuffer bytes = received.bytes();
        bytes.putInt(Abi.InHeader.LEN, length);
        bytes.putInt(Abi.InHeader.OPCODE, opcode);
        bytes.putLong(Abi.InHeader.UNIQUE, 7);
        bytes.putLong(Abi.InHeader.NODEID, Inode.ROOT);
    }

    /** Returns the length. Numbers are mostly small, so that many a handle, inode and length is one that exists. */
    private int damaged(Random random) {
        ByteBuffer bytes = received.bytes();
        int body = random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(200);
        int length = Abi.InHeader.SIZE + body;
        for (int at = Abi.InHeader.SIZE; at < length; at += Integer.BYTES) {
            int value =
                    switch (random.nextInt(8)) {
                        case 0 -> random.nextInt();
                        case 1 -> -1;
                        case 2 -> Integer.MIN_VALUE >> random.nextInt(32);
                        case 3, 4 -> random.nextInt(FILES + 4);
                        default -> 0;
                    };
            bytes.putInt(at, value);
        }
        if (body > 8 && random.nextBoolean()) {
            byte[] name = ("f" + random.nextInt(FILES + 2) + "\0g\0").getBytes(StandardCharsets.US_ASCII);
            int at = new int[] {0, 8, 16}[random.nextInt(3)];
            bytes.put(Abi.InHeader.SIZE + Math.min(at, body - name.length < 0 ? 0 : body - name.length), name);
        }
        header(random.nextInt(OPCODES), random.nextInt(50) == 0 ? random.nextInt() : length);
        bytes.putLong(Abi.InHeader.NODEID, random.nextInt(20) == 0 ? random.nextLong() : 1 + random.nextInt(FILES + 2));
        return length;
    }
}
