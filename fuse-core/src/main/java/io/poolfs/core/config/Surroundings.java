package io.poolfs.core.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What defaults depend on: the user and the machine. A port, so that tests can be someone else. */
public interface Surroundings {
    int uid();

    /** The user's home; null when there is none (a service without HOME). */
    @Nullable
    Path home();

    @Nullable
    String environment(String name);

    /** The file system that holds the path or its nearest existing parent. */
    Volume volume(Path path);

    /** False when logind removes the user's files in tmpfs at logout. */
    boolean memoryFilesSurviveLogout();

    /** This process on this machine. */
    static Surroundings ofThisProcess() {
        return new ThisProcess();
    }

    record Volume(long totalBytes, boolean inMemory) {}
}
