package io.poolfs.cli.setup;

import io.poolfs.cli.output.Output;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Questions to a person on a terminal. */
public final class Prompts {
    private final Output output;
    private final boolean interactive;
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    public Prompts(Output output, boolean interactive) {
        this.output = output;
        this.interactive = interactive;
    }

    public boolean isInteractive() {
        return interactive;
    }

    /** The answer, or the fallback for an empty one. */
    public String ask(String question, String fallback) throws PoolException {
        output.ask(question + (fallback.isEmpty() ? ":" : " [" + fallback + "]:"));
        String line = line();
        return line.isBlank() ? fallback : line.strip();
    }

    public boolean yes(String question, boolean fallback) throws PoolException {
        while (true) {
            String answer = ask(question + " (y/n)", fallback ? "y" : "n").toLowerCase(Locale.ROOT);
            if (answer.equals("y") || answer.equals("yes")) {
                return true;
            }
            if (answer.equals("n") || answer.equals("no")) {
                return false;
            }
        }
    }

    /** Not shown while it is typed. */
    public String secret(String question) throws PoolException {
        try (HiddenInput hidden = HiddenInput.start()) {
            output.ask(question + ":");
            return line();
        } finally {
            output.say(""); // what ended the line was hidden too
        }
    }

    private String line() throws PoolException {
        try {
            String line = in.readLine();
            if (line == null) {
                throw new PoolException(Reason.CANCELLED, "no answer: nothing was changed");
            }
            return line;
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot read the answer: " + e.getMessage(), e);
        }
    }
}
