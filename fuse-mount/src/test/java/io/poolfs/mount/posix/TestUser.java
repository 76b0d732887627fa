package io.poolfs.mount.posix;

import java.nio.file.Path;

/** An ordinary user for the time of a test. Needs root. */
public final class TestUser implements AutoCloseable {
    private static final String NAME = "poolfs-test";

    private final int id;

    private TestUser(int id) {
        this.id = id;
    }

    public static TestUser make() throws Exception {
        Command.here().ok(Path.of("/"), "id $1 > /dev/null 2>&1 || useradd --no-create-home --user-group $1", NAME);
        return new TestUser(Integer.parseInt(Command.here().ok(Path.of("/"), "id -u $1", NAME)));
    }

    public int id() {
        return id;
    }

    public String name() {
        return NAME;
    }

    public Command command() {
        return Command.as(id);
    }

    @Override
    public void close() throws Exception {
        Command.here().ok(Path.of("/"), "userdel --force $1 2>&1 || true", NAME);
    }

    public static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
