package io.poolfs.core.journal;

import io.poolfs.core.local.LocalFile;
import io.poolfs.core.local.LocalFiles;
import io.poolfs.core.model.PoolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Keeps the transactions that exist only here, as JSON lines that a person can read. */
final class SetAside {
    private static final String NAME = "transactions.jsonl";

    private final LocalState state;

    SetAside(LocalState state) {
        this.state = state;
    }

    /**
     * Writes the lines of local history behind a transaction: from the kept segments and the journal behind them. Doing
     * it again changes nothing unless there is more.
     *
     * @param common the last transaction that the remotes have too
     * @return the directory
     */
    String keep(long common) throws PoolException {
        LocalFiles files = state.files();
        long last = state.lastTransaction();
        Path root = state.places().root();
        for (String name : files.list(root)) {
            if (name.startsWith("set-aside-") && files.exists(root.resolve(name).resolve(done(last)))) {
                return root.resolve(name).toString();
            }
        }
        Path aside = state.newSetAside();
        try (LocalFile out = files.open(aside.resolve(NAME), LocalFiles.Mode.CREATE_NEW)) {
            long offset = 0;
            for (ChainEntry entry : state.chain().after(common)) {
                byte[] lines = state.chain().read(entry).lines();
                out.write(offset, ByteBuffer.wrap(lines));
                offset += lines.length;
            }
            long next = state.chain().last() + 1;
            while (next <= state.journal().lastTransaction()) {
                LocalJournal.Lines run =
                        state.journal().lines(next, state.journal().lastTransaction(), SegmentCodec.TARGET_LINES_BYTES);
                out.write(offset, ByteBuffer.wrap(run.bytes()));
                offset += run.bytes().length;
                next = run.isEmpty() ? Long.MAX_VALUE : run.last() + 1;
            }
            out.sync();
        }
        files.writeAtomically(
                aside.resolve(done(last)), ("through transaction " + last + "\n").getBytes(StandardCharsets.UTF_8));
        return aside.toString();
    }

    private static String done(long last) {
        return "through-" + last;
    }
}
