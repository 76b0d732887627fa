package io.poolfs.core.meta;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the records of the metadata agree with each other: every record against every other that says the same
 * thing in another way. Changes nothing. Takes some hundred bytes of memory per inode.
 */
public final class MetadataCheck {
    /** More findings than this help nobody. */
    private static final int MAX_FINDINGS = 10_000;

    private final List<String> findings = new ArrayList<>();

    private MetadataCheck() {}

    /** What is wrong, one sentence each; empty when all is well. */
    public static List<String> run(Metadata metadata) throws PoolException {
        return metadata.read(MetadataCheck::run);
    }

    /** The same for a snapshot that is at hand. */
    public static List<String> run(MetadataReader reader) throws PoolException {
        if (!(reader instanceof SnapshotReader snapshot)) {
            throw new PoolException(Reason.UNSUPPORTED, "these metadata do not lie in a key-value store");
        }
        MetadataCheck check = new MetadataCheck();
        TreeCheck tree = new TreeCheck(snapshot, check);
        tree.run();
        new ContentCheck(snapshot, tree.inodes(), check).run();
        new DisplacedCheck(snapshot, tree.inodes(), check).run();
        return List.copyOf(check.findings);
    }

    @FormatMethod
    void require(boolean holds, @FormatString String problem, @Nullable Object... values) {
        if (!holds && findings.size() < MAX_FINDINGS) {
            findings.add(String.format(problem, values));
        }
    }
}
