package io.poolfs.mount;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.mount.memory.MountMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A mount that is served by a process of its own. */
final class Daemon {
    private final Process process;

    private Daemon(Process process) {
        this.process = process;
    }

    /** {@code prefix}: what to run Java by, as another user for example. */
    static Daemon start(List<String> prefix, String classPath, Path mountPoint, String options) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                classPath,
                MountMemory.class.getName(),
                mountPoint.toString(),
                options));
        return new Daemon(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    Daemon awaitMounted() throws IOException {
        BufferedReader output = process.inputReader();
        StringBuilder told = new StringBuilder();
        String line = output.readLine();
        while (line != null && !line.equals("mounted")) {
            told.append(line).append('\n');
            line = output.readLine();
        }
        assertThat(line).as("what the daemon told: %s", told).isEqualTo("mounted");
        return this;
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** With what would take its mount away. */
    void killWithItsChildren() throws InterruptedException {
        List<ProcessHandle> children = process.children().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle child : children) {
            child.onExit().join();
        }
        kill();
    }

    /** Its exit status. */
    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** All that it tells until it ends. */
    String output() throws IOException {
        StringBuilder told = new StringBuilder();
        process.inputReader().lines().forEach(line -> told.append(line).append('\n'));
        return told.toString();
    }
}
