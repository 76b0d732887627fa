package io.poolfs.core.fuzz;

import io.poolfs.core.adopt.AdoptFuzz;
import io.poolfs.core.cache.CacheFuzz;
import io.poolfs.core.config.ConfigFuzz;
import io.poolfs.core.fs.XattrFuzz;
import io.poolfs.core.journal.JournalFuzz;
import io.poolfs.core.meta.MetaFuzz;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.remote.RemoteFuzz;
import io.poolfs.core.remote.rclone.RcloneFuzz;
import io.poolfs.core.stage.StageFuzz;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Everything that the engine reads from outside. */
public final class Targets {
    private Targets() {}

    public static List<FuzzTarget> all() throws PoolException, IOException {
        List<FuzzTarget> all = new ArrayList<>();
        all.addAll(JournalFuzz.targets());
        all.addAll(MetaFuzz.targets());
        all.addAll(RemoteFuzz.targets());
        all.addAll(ConfigFuzz.targets());
        all.addAll(AdoptFuzz.targets());
        all.addAll(RcloneFuzz.targets());
        all.addAll(CacheFuzz.targets());
        all.addAll(StageFuzz.targets());
        all.addAll(XattrFuzz.targets());
        return all;
    }
}
