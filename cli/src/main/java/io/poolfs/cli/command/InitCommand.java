package io.poolfs.cli.command;

import io.poolfs.cli.output.Output;
import io.poolfs.cli.setup.CryptSecret;
import io.poolfs.cli.setup.Kit;
import io.poolfs.cli.setup.NewPool;
import io.poolfs.cli.setup.PoolPlan;
import io.poolfs.cli.setup.Prompts;
import io.poolfs.cli.setup.Rclone;
import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Spread;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "init",
        header = "Make a pool: choose remotes, encrypt them, write the configuration.",
        description = {
            "",
            "On a terminal it asks; with options it does not. Each remote is tried by writing, reading and deleting an"
                    + " object, then gets its place in the pool. Nothing that is there is overwritten.",
            "",
            "With --encrypt, a crypt remote is made in rclone's configuration over each remote that is none yet, all"
                    + " with one password and salt: generated and shown once, or your own. Without them nobody can read"
                    + " the data, you included.",
            "",
            "Files are cut into chunks, and the chunks lie on different remotes, once each. A lost remote therefore"
                    + " damages every file that has chunks on it. `--spread file` keeps each file on one remote while it"
                    + " fits: then a lost remote takes whole files, and leaves the others whole.",
        })
final class InitCommand extends DataCommand {
    @Parameters(arity = "0..1", paramLabel = "POOL", defaultValue = "pool", description = "Its name. Default: pool")
    String pool = "pool";

    @Mixin
    SetupOptions setup = new SetupOptions();

    @Option(names = "--encrypt", description = "Encrypt what is stored.")
    boolean encrypt;

    @Option(names = "--no-encrypt", description = "Store it as it is, and do not ask.")
    boolean plain;

    @Option(names = "--chunk-size", paramLabel = "SIZE", description = "Cut of large files. Default: 100M")
    @Nullable
    String chunkSize;

    @Option(names = "--spread", paramLabel = "HOW", description = "chunks (default) or file, see above")
    @Nullable
    String spread;

    @Option(names = "--kit", paramLabel = "FILE", description = "Write what a new machine needs there, see `kit`.")
    @Nullable
    Path kit;

    /** For --json. The password is there only when it was generated here. */
    record Answer(
            String pool,
            String poolId,
            String config,
            List<String> remotes,
            @Nullable String cryptPassword,
            @Nullable String cryptSalt) {}

    @Override
    int run() throws PoolException {
        ConfigReader.checkName(pool);
        Prompts prompts = new Prompts(output(), !setup.yes && setup.places().isEmpty() && Output.isTerminal(0));
        Path file = new ConfigFiles(wiring().surroundings()).newFile(pool);
        List<String> places = places(prompts);
        CryptSecret secret = secret(prompts);
        makeLocal();
        PoolPlan plan = setup.plan(pool, file, places, secret, chunkSize, spread);
        NewPool.Made made = new NewPool(wiring().surroundings(), output()::say).make(plan);
        tell(made, secret);
        writeKit(prompts, made);
        if (!json) {
            output().line("next: poolfs --pool " + made.config().name() + " mount /an/empty/directory");
        }
        return ExitCodes.OK;
    }

    private List<String> places(Prompts prompts) throws PoolException {
        List<String> places = setup.places();
        if (!places.isEmpty()) {
            return places;
        }
        List<String> names;
        try (Rclone rclone = Rclone.open(setup.rclone())) {
            names = rclone.names();
        }
        if (!prompts.isInteractive()) {
            throw new PoolException(
                    Reason.CONFIG,
                    "say which remotes: --remote NAME:PATH … or --local DIR …; rclone has "
                            + (names.isEmpty()
                                    ? "none yet (`rclone config` makes some)"
                                    : String.join(":, ", names) + ":"));
        }
        if (names.isEmpty()) {
            return withoutRemotes(prompts);
        }
        output().say("rclone's remotes:");
        for (int i = 0; i < names.size(); i++) {
            output().say("  " + (i + 1) + "  " + names.get(i) + ":");
        }
        while (true) {
            List<String> chosen =
                    chosen(names, prompts.ask("Which? Numbers, or NAME:FOLDER, with blanks between", "all"));
            if (!chosen.isEmpty()) {
                return chosen;
            }
        }
    }

    /** Empty, having said why, when the answer names what is not there. */
    private List<String> chosen(List<String> names, String answer) {
        if (answer.equals("all")) {
            return names.stream().map(name -> name + ":").toList();
        }
        List<String> chosen = new ArrayList<>();
        for (String word : answer.split("[ ,]+")) {
            boolean number = word.matches("\\d{1,4}");
            if (number && (Integer.parseInt(word) < 1 || Integer.parseInt(word) > names.size())) {
                output().say("there is no number " + word);
                return List.of();
            }
            String name = number ? names.get(Integer.parseInt(word) - 1) + ":" : word;
            if (!name.startsWith("/")
                    && (!name.contains(":") || !names.contains(name.substring(0, name.indexOf(':'))))) {
                output().say("there is no remote " + word
                        + " (a name ends with a colon, a local directory begins with /)");
                return List.of();
            }
            chosen.add(name);
        }
        return chosen;
    }

    private List<String> withoutRemotes(Prompts prompts) throws PoolException {
        output().say("rclone has no remotes yet. A remote is a cloud account, a server or a disk that rclone knows;");
        output().say("`rclone config` makes one in a few questions. poolfs can start it now and go on afterwards.");
        if (!prompts.yes("Start `rclone config`?", true)) {
            throw new PoolException(
                    Reason.CANCELLED, "no remotes: make some with `rclone config`, or use --local DIR …");
        }
        try {
            new ProcessBuilder(
                            setup.rcloneBinary,
                            "config",
                            "--config=" + setup.rclone().config())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new PoolException(Reason.LOCAL_IO, "cannot run rclone: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PoolException(Reason.INTERRUPTED, "interrupted", e);
        }
        return places(prompts);
    }

    private @Nullable CryptSecret secret(Prompts prompts) throws PoolException {
        boolean wanted = !plain
                && (encrypt
                        || setup.givenSecret() != null
                        || (prompts.isInteractive() && prompts.yes("Encrypt what is stored?", true)));
        if (!wanted) {
            return null;
        }
        CryptSecret given = setup.givenSecret();
        if (given != null) {
            return given;
        }
        if (prompts.isInteractive()) {
            String password = prompts.secret("Password (it is not shown; empty: a random one is made and shown)");
            while (!password.isEmpty() && !password.equals(prompts.secret("Once more"))) {
                output().say("The two differ.");
                password = prompts.secret("Password");
            }
            if (!password.isEmpty()) {
                return new CryptSecret(password, prompts.secret("Salt, a second password (may be empty)"), false);
            }
        }
        return CryptSecret.generate();
    }

    /** A local directory that was asked for is made; of a remote nothing is. */
    private void makeLocal() throws PoolException {
        for (Path directory : setup.local) {
            if (Files.exists(directory) && !Files.isDirectory(directory)) {
                throw new PoolException(Reason.NOT_DIRECTORY, directory + " is not a directory");
            }
            try {
                Files.createDirectories(directory.toAbsolutePath());
            } catch (IOException e) {
                throw new PoolException(Reason.LOCAL_IO, "cannot make " + directory + ": " + e.getMessage(), e);
            }
        }
    }

    private void tell(NewPool.Made made, @Nullable CryptSecret secret) {
        CryptSecret shown = secret != null && secret.generated() ? secret : null;
        if (json) {
            output().json(new Answer(
                    made.config().name(),
                    made.id().hex(),
                    made.config().file().toString(),
                    made.remotes(),
                    shown == null ? null : shown.password(),
                    shown == null ? null : shown.salt()));
            return;
        }
        PoolConfig config = made.config();
        output().line("made the pool \"" + config.name() + "\" (" + made.id() + ") on "
                + made.remotes().size() + " remotes; its configuration is " + config.file());
        if (shown != null) {
            output().line("");
            output().line("  password  " + shown.password());
            output().line("  salt      " + shown.salt());
            output().line("Keep both where the data is not: without them nobody can read it. They are shown only now.");
        }
        output().line("");
        output().line("Each chunk lies on one remote: a lost remote damages every file that has chunks there.");
        if (config.spread() == Spread.CHUNKS) {
            output().line("With `spread: file` in the configuration a file stays on one remote while it fits.");
        }
        if (made.remotes().size() == 2) {
            output().line("With two remotes, metadata counts as safe once one of them has it: so one may be away, and"
                    + " what only the other has is missing until it is back.");
        }
        config.notes().forEach(note -> output().line("note: " + note));
    }

    private void writeKit(Prompts prompts, NewPool.Made made) throws PoolException {
        Path target = kit;
        if (target == null && prompts.isInteractive()) {
            String answer = prompts.ask(
                    "Write a kit, the file from which a new machine can attach the pool, to (empty: not now)", "");
            target = answer.isEmpty() ? null : Path.of(answer);
        }
        if (target == null) {
            return;
        }
        try (Rclone rclone = Rclone.of(made.config())) {
            Kit.of(made.config(), made.id(), rclone).write(target);
        }
        output().say("the kit is in " + target.toAbsolutePath() + "; take it off this machine");
    }
}
