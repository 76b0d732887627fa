package io.poolfs.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A program on a terminal of its own: what it shows can be waited for and answered. Closing it ends the program. */
public final class Terminal implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path screen;
    private final Process process;
    private final OutputStream keyboard;

    /** @param command for the shell */
    Terminal(Map<String, String> environment, Path directory, String command) {
        try {
            this.screen = Files.createTempFile("poolfs-it", ".screen");
            ProcessBuilder builder = new ProcessBuilder(
                            List.of("script", "--quiet", "--return", "--command", command, "/dev/null"))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(screen.toFile());
            builder.environment().putAll(environment);
            this.process = builder.start();
            this.keyboard = process.getOutputStream();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until the text is on the screen, then types the line. */
    public Terminal answer(String text, String line) throws IOException {
        await().atMost(LIMIT).until(() -> screen().contains(text));
        keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
        return this;
    }

    /** Waits for the end of the program; its exit code. */
    public int awaitEnd() {
        await().atMost(LIMIT).until(() -> !process.isAlive());
        return process.exitValue();
    }

    /** Everything that was shown so far, what was typed included where it was echoed. */
    public String screen() {
        try {
            return Files.readString(screen);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        Files.delete(screen);
    }
}
