package io.poolfs.core.sim.engine;

import io.poolfs.core.sim.engine.Act.Verb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A seed, which decides how the pool is made and what chance does, and what is done to it, line by line. */
record Story(long seed, List<Act> acts) {
    private static final Verb[] MIX = {
        Verb.CREATE,
        Verb.CREATE,
        Verb.CREATE,
        Verb.CREATE,
        Verb.MKDIR,
        Verb.SYMLINK,
        Verb.MKNOD,
        Verb.OPEN,
        Verb.OPEN,
        Verb.OPEN,
        Verb.TRUNCATE_OPEN,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.WRITE,
        Verb.APPEND,
        Verb.APPEND,
        Verb.APPEND,
        Verb.TRUNCATE,
        Verb.GROW,
        Verb.PUNCH,
        Verb.ZERO,
        Verb.READ,
        Verb.READ,
        Verb.READ,
        Verb.READ,
        Verb.READ_ALL,
        Verb.READ_ALL,
        Verb.READ_ALL,
        Verb.FSYNC,
        Verb.FSYNC,
        Verb.FSYNC,
        Verb.FSYNC_DIR,
        Verb.FLUSH,
        Verb.CLOSE,
        Verb.CLOSE,
        Verb.CLOSE,
        Verb.CLOSE,
        Verb.SAVE,
        Verb.SAVE,
        Verb.SAVE,
        Verb.RENAME,
        Verb.RENAME,
        Verb.RENAME,
        Verb.EXCHANGE,
        Verb.LINK,
        Verb.UNLINK,
        Verb.UNLINK,
        Verb.RMDIR,
        Verb.SET_XATTR,
        Verb.REMOVE_XATTR,
        Verb.CHMOD,
        Verb.UTIMES,
        Verb.STAT,
        Verb.LIST,
        Verb.SPACE,
        Verb.PAUSE,
        Verb.PAUSE,
        Verb.PAUSE
    };

    /** Of every eighth seed: files are copied inside the pool too. */
    private static final Verb[] COPYING_MIX = Stream.concat(
                    Arrays.stream(MIX), Stream.generate(() -> Verb.COPY).limit(6))
            .toArray(Verb[]::new);

    private static final int COPYING_SEEDS = 8;

    /** What may go wrong, with how often in a thousand acts. */
    private record Hazard(Verb verb, int perMille) {}

    private static final List<Hazard> HAZARDS = List.of(
            new Hazard(Verb.KILL, 6),
            new Hazard(Verb.POWER_LOSS, 4),
            new Hazard(Verb.MACHINE_LOST, 3),
            new Hazard(Verb.STOP, 2),
            new Hazard(Verb.WEATHER, 8),
            new Hazard(Verb.CALM, 6),
            new Hazard(Verb.DOWN, 5),
            new Hazard(Verb.UP, 5),
            new Hazard(Verb.GONE, 1),
            new Hazard(Verb.OLD_STATE, 3),
            new Hazard(Verb.FLIP, 2),
            new Hazard(Verb.FULL, 2),
            new Hazard(Verb.TMPFS_FULL, 3),
            new Hazard(Verb.DISK_FULL, 3),
            new Hazard(Verb.CLOCK_JUMP, 2),
            new Hazard(Verb.COLLECT, 4),
            new Hazard(Verb.CHECKPOINT, 3),
            new Hazard(Verb.CHECK, 3),
            new Hazard(Verb.OBSERVE, 3),
            new Hazard(Verb.TAKE_OVER, 2));

    /** The story of a seed, of so many acts. Each seed leaves some hazards out. */
    static Story ofSeed(long seed, int length) {
        SplittableRandom random = new SplittableRandom(seed);
        int clients = Settings.of(seed).clients();
        List<Hazard> hazards =
                HAZARDS.stream().filter(each -> random.nextInt(3) > 0).toList();
        List<Act> acts = new ArrayList<>();
        Verb[] mix = seed % COPYING_SEEDS == COPYING_SEEDS - 1 ? COPYING_MIX : MIX;
        for (int i = 0; i < length; i++) {
            Verb verb = mix[random.nextInt(mix.length)];
            int dice = random.nextInt(1000);
            for (Hazard hazard : hazards) {
                dice -= hazard.perMille;
                if (dice < 0) {
                    verb = hazard.verb;
                    break;
                }
            }
            acts.add(new Act(
                    random.nextInt(clients),
                    verb,
                    random.nextInt(1 << 20),
                    random.nextInt(1 << 20),
                    random.nextInt(1 << 20)));
        }
        return new Story(seed, List.copyOf(acts));
    }

    /** A story that was written down. */
    static Story of(long seed, String lines) {
        return new Story(seed, lines.lines().map(Act::parse).toList());
    }

    /** How the pool of a seed is made. */
    record Settings(
            int clients,
            int remotes,
            int chunkBytes,
            int cacheBytes,
            boolean fsyncLocal,
            int graceMinutes,
            double switchProbability) {
        private static final double[] SWITCH_PROBABILITIES = {0.5, 0.2, 0.1, 0.05, 0.05, 0.02, 0.02, 0.01};

        static Settings of(long seed) {
            SplittableRandom random = new SplittableRandom(~seed);
            int[] remotes = {3, 3, 3, 5, 2, 1};
            return new Settings(
                    1 + random.nextInt(3),
                    remotes[random.nextInt(remotes.length)],
                    1 << (14 + random.nextInt(4)),
                    1 << (19 + random.nextInt(3)),
                    random.nextInt(5) == 0,
                    random.nextInt(3) == 0 ? 1 : random.nextInt(2) == 0 ? 60 : 1440,
                    SWITCH_PROBABILITIES[random.nextInt(SWITCH_PROBABILITIES.length)]);
        }
    }
}
