package io.poolfs.core.sim.engine;

/**
 * One line of a story. The numbers choose among what there is when the act is performed, so that a story stays one when
 * lines are taken out of it.
 *
 * @param client who does it; meaningless for what happens to the world
 */
record Act(int client, Verb verb, long a, long b, long c) {
    enum Verb {
        CREATE,
        MKDIR,
        SYMLINK,
        MKNOD,
        OPEN,
        TRUNCATE_OPEN,
        WRITE,
        APPEND,
        TRUNCATE,
        GROW,
        PUNCH,
        ZERO,
        READ,
        READ_ALL,
        FSYNC,
        FSYNC_DIR,
        FLUSH,
        CLOSE,
        SAVE,
        COPY,
        RENAME,
        EXCHANGE,
        LINK,
        UNLINK,
        RMDIR,
        SET_XATTR,
        REMOVE_XATTR,
        CHMOD,
        UTIMES,
        STAT,
        LIST,
        SPACE,

        // What happens to the world.
        PAUSE(true),
        CALM(true),
        WEATHER(true),
        DOWN(true),
        UP(true),
        GONE(true),
        OLD_STATE(true),
        FLIP(true),
        FULL(true),
        KILL(true),
        POWER_LOSS(true),
        MACHINE_LOST(true),
        STOP(true),
        TMPFS_FULL(true),
        DISK_FULL(true),
        CLOCK_JUMP(true),
        COLLECT(true),
        CHECKPOINT(true),
        CHECK(true),
        OBSERVE(true),
        TAKE_OVER(true);

        private final boolean world;

        Verb() {
            this(false);
        }

        Verb(boolean world) {
            this.world = world;
        }

        boolean isWorld() {
            return world;
        }
    }

    static Act parse(String line) {
        String[] words = line.strip().split(" +");
        return new Act(
                Integer.parseInt(words[0]),
                Verb.valueOf(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]));
    }

    @Override
    public String toString() {
        return client + " " + verb + " " + a + " " + b + " " + c;
    }
}
