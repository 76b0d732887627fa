package io.poolfs.core.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link RemoteStore} does. Uses only names below the folder {@code contract}. */
public abstract class RemoteStoreContract {
    private static final String FOLDER = "contract";

    private RemoteStore store;

    /** An open store without objects below {@code contract}. */
    protected abstract RemoteStore store() throws Exception;

    /** Where the store's sources lie. */
    protected abstract LocalFiles files();

    /** An existing local directory for sources. */
    protected abstract Path directory();

    @BeforeEach
    void setUpContract() throws Exception {
        store = store();
    }

    @Test
    void put_newObject_isThereWithItsBytes() throws Exception {
        byte[] content = random(1, 10_000);
        put(FOLDER + "/ab/object", content);
        assertThat(get(FOLDER + "/ab/object", 0, content.length)).isEqualTo(content);
        assertThat(store.size(FOLDER + "/ab/object")).isEqualTo(OptionalLong.of(10_000));
        assertThat(store.list(FOLDER + "/ab")).containsExactly(new RemoteStore.Entry("object", 10_000));
    }

    @Test
    void put_sameContentAgain_changesNothing() throws Exception {
        byte[] content = random(2, 3000);
        put(FOLDER + "/object", content);
        put(FOLDER + "/object", content);
        assertThat(get(FOLDER + "/object", 0, 3000)).isEqualTo(content);
        assertThat(store.list(FOLDER)).containsExactly(new RemoteStore.Entry("object", 3000));
    }

    @Test
    void put_emptyObject_isThere() throws Exception {
        put(FOLDER + "/empty", new byte[0]);
        assertThat(store.size(FOLDER + "/empty")).isEqualTo(OptionalLong.of(0));
        assertThat(store.list(FOLDER)).containsExactly(new RemoteStore.Entry("empty", 0));
        assertThat(get(FOLDER + "/empty", 0, 0)).isEmpty();
        fails(Reason.CORRUPT, () -> get(FOLDER + "/empty", 0, 1));
    }

    @Test
    void put_absentSource_isALocalError() throws Exception {
        fails(Reason.LOCAL_IO, () -> store.put(FOLDER + "/object", directory().resolve("absent"), 10));
        assertThat(store.size(FOLDER + "/object")).isEmpty();
    }

    @Test
    void put_namesOfOurKinds_areKeptExactly() throws Exception {
        List<String> names = List.of(
                "pool.json", "7", "7-0123456789abcdef0123456789abcdef", "00ff00ff00ff00ff00ff00ff00ff00ff", "a_b.c~d");
        for (int i = 0; i < names.size(); i++) {
            put(FOLDER + "/names/" + names.get(i), random(i, i));
        }
        assertThat(store.list(FOLDER + "/names"))
                .extracting(RemoteStore.Entry::name)
                .containsExactlyInAnyOrderElementsOf(names);
        assertThat(store.list(FOLDER)).containsExactly(new RemoteStore.Entry("names", -1));
    }

    @Test
    void put_severalAtOnce_areAllThere() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String object = FOLDER + "/many/" + i;
                byte[] content = random(i, 1000 + i);
                puts.add(threads.submit(() -> {
                    put(object, content);
                    return null;
                }));
            }
            for (Future<?> put : puts) {
                put.get();
            }
        } finally {
            threads.shutdown();
        }
        for (int i = 0; i < 8; i++) {
            assertThat(get(FOLDER + "/many/" + i, 0, 1000 + i)).isEqualTo(random(i, 1000 + i));
        }
    }

    @Test
    void getRange_parts_areExact() throws Exception {
        byte[] content = random(3, 3 << 20);
        put(FOLDER + "/large", content);
        for (int[] range :
                new int[][] {{0, 1}, {1, 4096}, {(1 << 20) - 7, 20}, {content.length - 1, 1}, {5, 2 << 20}}) {
            assertThat(get(FOLDER + "/large", range[0], range[1]))
                    .isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
        }
    }

    @Test
    void getRange_partOfABuffer_fillsFromPositionToLimit() throws Exception {
        byte[] content = random(4, 100);
        put(FOLDER + "/object", content);
        for (ByteBuffer dst : List.of(ByteBuffer.allocate(50), ByteBuffer.allocateDirect(50))) {
            dst.position(10).limit(30);
            store.getRange(FOLDER + "/object", 40, dst);
            assertThat(dst.position()).isEqualTo(30);
            byte[] expected = new byte[50];
            System.arraycopy(content, 40, expected, 10, 20);
            byte[] all = new byte[50];
            dst.clear().get(all);
            assertThat(all).isEqualTo(expected);
        }
    }

    @Test
    void getRange_beyondTheEnd_isCorrupt() throws Exception {
        put(FOLDER + "/object", random(5, 100));
        fails(Reason.CORRUPT, () -> get(FOLDER + "/object", 90, 11));
        fails(Reason.CORRUPT, () -> get(FOLDER + "/object", 100, 1));
        fails(Reason.CORRUPT, () -> get(FOLDER + "/object", 5000, 10));
    }

    @Test
    void getRange_absent_isNotFound() throws Exception {
        put(FOLDER + "/other", random(6, 10));
        fails(Reason.OBJECT_NOT_FOUND, () -> get(FOLDER + "/object", 0, 1));
        fails(Reason.OBJECT_NOT_FOUND, () -> get(FOLDER + "/no/folder/object", 0, 1));
    }

    @Test
    void delete_presentAndAbsent_leavesNothing() throws Exception {
        put(FOLDER + "/a/object", random(7, 10));
        put(FOLDER + "/a/kept", random(8, 10));
        store.delete(FOLDER + "/a/object");
        store.delete(FOLDER + "/a/object");
        store.delete(FOLDER + "/no/folder/object");
        assertThat(store.size(FOLDER + "/a/object")).isEmpty();
        assertThat(store.list(FOLDER + "/a")).containsExactly(new RemoteStore.Entry("kept", 10));
        fails(Reason.OBJECT_NOT_FOUND, () -> get(FOLDER + "/a/object", 0, 1));
    }

    @Test
    void list_objectsAndFolders_areTheDirectOnes() throws Exception {
        put(FOLDER + "/f/one", random(9, 1));
        put(FOLDER + "/f/g/two", random(9, 2));
        put(FOLDER + "/f/g/h/three", random(9, 3));
        assertThat(store.list(FOLDER + "/f"))
                .containsExactlyInAnyOrder(new RemoteStore.Entry("one", 1), new RemoteStore.Entry("g", -1));
        assertThat(store.list("")).extracting(RemoteStore.Entry::name).contains(FOLDER);
    }

    @Test
    void list_absentFolder_isEmpty() throws Exception {
        assertThat(store.list(FOLDER + "/absent")).isEmpty();
        assertThat(store.list(FOLDER + "/absent/deeper")).isEmpty();
    }

    @Test
    void size_absentOrFolder_isEmpty() throws Exception {
        put(FOLDER + "/f/one", random(10, 1));
        assertThat(store.size(FOLDER + "/absent")).isEmpty();
        assertThat(store.size(FOLDER + "/absent/deeper")).isEmpty();
        assertThat(store.size(FOLDER + "/f")).isEmpty();
    }

    @Test
    void makeFolder_newAndAgain_canBeUsed() throws Exception {
        store.makeFolder(FOLDER + "/made/deep");
        store.makeFolder(FOLDER + "/made/deep");
        assertThat(store.list(FOLDER + "/made/deep")).isEmpty();
        put(FOLDER + "/made/deep/object", random(11, 5));
        store.makeFolder(FOLDER + "/made/deep");
        assertThat(store.list(FOLDER + "/made/deep")).containsExactly(new RemoteStore.Entry("object", 5));
    }

    @Test
    void about_figures_arePlausible() throws Exception {
        RemoteStore.Room room = store.about();
        assertThat(room.totalBytes().orElse(1)).isPositive();
        assertThat(room.usedBytes().orElse(0)).isNotNegative();
        assertThat(room.freeBytes().orElse(0)).isNotNegative();
    }

    @Test
    void use_afterClose_isRefused() {
        store.close();
        store.close();
        fails(Reason.CLOSED, () -> store.list(FOLDER));
        fails(Reason.CLOSED, () -> store.size(FOLDER + "/object"));
    }

    private void put(String object, byte[] content) throws PoolException {
        Path source = directory().resolve(object.replace('/', '_'));
        try (LocalFile file = files().open(source, LocalFiles.Mode.CREATE)) {
            file.truncate(0);
            file.write(0, ByteBuffer.wrap(content));
        }
        store.put(object, source, content.length);
    }

    private byte[] get(String object, long offset, int length) throws PoolException {
        ByteBuffer dst = ByteBuffer.allocate(length);
        store.getRange(object, offset, dst);
        assertThat(dst.hasRemaining()).isFalse();
        return dst.array();
    }

    protected static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call).asInstanceOf(type(PoolException.class)).returns(reason, PoolException::reason);
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
