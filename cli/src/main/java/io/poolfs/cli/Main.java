package io.poolfs.cli;

import io.poolfs.cli.command.PoolfsCommand;
import io.poolfs.cli.command.Wiring;
import io.poolfs.cli.daemon.FuseMounter;
import io.poolfs.cli.output.Output;
import io.poolfs.core.config.Surroundings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The entrance of the program. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1 && (arguments[0].equals("--version") || arguments[0].equals("-V"))) {
            System.out.println(PoolfsCommand.versionLine()); // without loading the commands: it is asked for by scripts
            return;
        }
        if (arguments.length == 2 && arguments[0].equals(Rehearsal.WORD)) {
            Rehearsal.run(Path.of(arguments[1]));
            return;
        }
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Wiring wiring =
                new Wiring(new EngineOpener(), new FuseMounter(), Surroundings.ofThisProcess(), new Output(out, err));
        if (arguments.length == 2 && arguments[0].equals(Share.WORD)) {
            Share.write(PoolfsCommand.commandLine(wiring), Path.of(arguments[1]));
            return;
        }
        int exit = PoolfsCommand.commandLine(wiring).setOut(out).setErr(err).execute(arguments);
        out.flush();
        System.exit(exit);
    }
}
