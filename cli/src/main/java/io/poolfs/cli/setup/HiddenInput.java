package io.poolfs.cli.setup;

import io.poolfs.cli.output.Output;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;

/**
 * What is typed on the terminal is not shown, until this is closed. Not {@link java.io.Console}: that needs a terminal
 * at standard output too, and reads past what another reader of standard input holds already.
 */
final class HiddenInput implements AutoCloseable {
    private final boolean terminal;
    private final Thread atExit = new Thread(() -> stty("echo"), "show input again");

    private HiddenInput(boolean terminal) {
        this.terminal = terminal;
    }

    /** Does nothing where standard input is no terminal. LOCAL_IO rather than showing a secret. */
    static HiddenInput start() throws PoolException {
        HiddenInput hidden = new HiddenInput(Output.isTerminal(0));
        if (hidden.terminal) {
            Runtime.getRuntime().addShutdownHook(hidden.atExit);
            if (!stty("-echo")) {
                hidden.close();
                throw new PoolException(
                        Reason.LOCAL_IO, "stty cannot hide what is typed: give the password with --password-file");
            }
        }
        return hidden;
    }

    @Override
    public void close() {
        if (terminal) {
            boolean unused = stty("echo");
            removeHook();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the hook is running
        }
    }

    private static boolean stty(String word) {
        try {
            return new ProcessBuilder("stty", word).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
