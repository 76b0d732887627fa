package io.poolfs.core.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.core.meta.MetadataFixture;
import io.poolfs.core.meta.Op;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.Inode;
import io.poolfs.core.model.PoolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TreeWalkTest {
    private MetadataFixture fixture;
    private long a;
    private long sub1;
    private long sub2;
    private long b;
    private long last;
    private long directory;

    @BeforeEach
    void makeTree() throws PoolException {
        fixture = new MetadataFixture();
        directory = fixture.directory(Inode.ROOT, "d");
        a = fixture.file(directory, "a");
        long sub = fixture.directory(directory, "sub");
        sub1 = fixture.file(sub, "1");
        fixture.directory(sub, "empty");
        sub2 = fixture.file(sub, "2");
        b = fixture.file(directory, "z");
        last = fixture.file(Inode.ROOT, "later");
    }

    @AfterEach
    void close() throws PoolException {
        fixture.close();
    }

    private List<Long> walk(TreeWalk walk, int most) throws PoolException {
        List<Long> found = new ArrayList<>();
        fixture.metadata.read(reader -> {
            walk.goOn(reader, 1000, inode -> {
                found.add(inode);
                return found.size() < most;
            });
            return null;
        });
        return found;
    }

    @Test
    void goOn_fromAFile_goesIntoDirectoriesAndBackUp() throws PoolException {
        TreeWalk walk = new TreeWalk(new Op.Place(directory, FileName.of("a")));
        assertThat(walk(walk, 100)).containsExactly(sub1, sub2, b, last);
        assertThat(walk.isEnded()).isTrue();
        assertThat(walk(walk, 100)).isEmpty();
    }

    @Test
    void goOn_inSteps_visitsEachOnce() throws PoolException {
        TreeWalk walk = new TreeWalk(new Op.Place(Inode.ROOT, FileName.of("c")));
        List<Long> found = new ArrayList<>();
        while (!walk.isEnded()) {
            found.addAll(walk(walk, 1));
        }
        assertThat(found).containsExactly(a, sub1, sub2, b, last);
    }

    @Test
    void goOn_placeThatIsGone_goesOnBehindIt() throws PoolException {
        assertThat(walk(new TreeWalk(new Op.Place(directory, FileName.of("b"))), 1))
                .containsExactly(sub1);
        assertThat(walk(new TreeWalk(new Op.Place(424_242, FileName.of("x"))), 1))
                .isEmpty();
    }
}
