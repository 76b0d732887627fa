package io.poolfs.it;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Random calls on a mounted pool do what they do on tmpfs. {@code -Dpoolfs.model.seed} repeats a run. */
@Order(0)
class ModelIT {
    private static final List<String> TRANSPORTS = Transports.OPTIONS;
    private static final int EPISODES = 20;

    @TempDir
    Path temp;

    @ParameterizedTest
    @FieldSource("TRANSPORTS")
    void calls_random_doWhatTheyDoOnTmpfs(String transport) throws Exception {
        long first = Long.getLong("poolfs.model.seed", System.nanoTime());
        System.out.println("ModelIT: -Dpoolfs.model.seed=" + first);
        try (ModelPool pool = new ModelPool(temp, transport)) {
            pool.kept();
            pool.run(first, EPISODES / TRANSPORTS.size(), Soak.STEPS);
        }
    }
}
