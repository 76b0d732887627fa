package io.poolfs.cli.command;

import io.poolfs.cli.output.Output;
import io.poolfs.cli.setup.AttachedPool;
import io.poolfs.cli.setup.CryptSecret;
import io.poolfs.cli.setup.Kit;
import io.poolfs.cli.setup.NewPool;
import io.poolfs.cli.setup.PoolPlan;
import io.poolfs.cli.setup.Prompts;
import io.poolfs.core.config.ConfigFiles;
import io.poolfs.core.config.ConfigReader;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.PoolId;
import io.poolfs.core.model.Reason;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "attach",
        header = "Use an existing pool on this machine.",
        description = {
            "",
            "Needs nothing but the remotes, under any names, and the encryption password: of a kit, a file, the"
                    + " environment or a prompt. The first mount rebuilds the local state from the remotes.",
        })
final class AttachCommand extends DataCommand {
    @Parameters(arity = "0..1", paramLabel = "POOL", description = "Its name here. Default: that of the kit, or pool")
    @Nullable
    String pool;

    @Mixin
    SetupOptions setup = new SetupOptions();

    @Option(names = "--kit", paramLabel = "FILE", description = "What `poolfs kit` wrote.")
    @Nullable
    Path kit;

    @Option(names = "--encrypt", description = "The pool is encrypted; ask for its password.")
    boolean encrypt;

    /** For --json. */
    record Answer(String pool, String poolId, String config, List<String> remotes) {}

    @Override
    int run() throws PoolException {
        Kit read = kit == null ? null : Kit.read(kit);
        String name = pool != null ? pool : read != null ? read.pool() : "pool";
        ConfigReader.checkName(name);
        List<String> places = setup.places();
        if (places.isEmpty()) {
            throw new PoolException(
                    Reason.CONFIG,
                    "name the remotes of the pool: --remote NAME:PATH …"
                            + (read == null ? "" : "; they were: " + String.join(", ", under(read))));
        }
        if (read != null && setup.dataPrefix == null) {
            setup.dataPrefix = read.dataPrefix();
        }
        if (read != null && setup.manifestPrefix == null) {
            setup.manifestPrefix = read.manifestPrefix();
        }
        Path file = new ConfigFiles(wiring().surroundings()).newFile(name);
        PoolPlan plan = setup.plan(name, file, places, secret(read), null, null);
        PoolId expected = read == null ? null : PoolId.parse(read.poolId());
        NewPool.Made made = new AttachedPool(wiring().surroundings(), output()::say).attach(plan, expected);
        sayWhatIsLeftOut(read, places);
        if (json) {
            output().json(new Answer(name, made.id().hex(), file.toString(), made.remotes()));
        } else {
            output().line("attached the pool " + made.id() + " as \"" + name + "\"; its configuration is " + file);
            output().line("next: poolfs --pool " + name + " mount /an/empty/directory");
        }
        return ExitCodes.OK;
    }

    private @Nullable CryptSecret secret(@Nullable Kit read) throws PoolException {
        CryptSecret given = setup.givenSecret();
        if (given != null || !encrypt) {
            return given != null || read == null ? given : read.secret();
        }
        if (!Output.isTerminal(0)) {
            throw new PoolException(
                    Reason.CONFIG,
                    "--encrypt asks for the password on a terminal, and this is none: give it with --password-file FILE,"
                            + " or in POOLFS_CRYPT_PASSWORD and POOLFS_CRYPT_SALT");
        }
        Prompts prompts = new Prompts(output(), true);
        String password = prompts.secret("Password (it is not shown)");
        if (password.isEmpty()) {
            throw new PoolException(Reason.CANCELLED, "no password was given: nothing was changed");
        }
        return new CryptSecret(password, prompts.secret("Salt (empty if there is none)"), false);
    }

    private void sayWhatIsLeftOut(@Nullable Kit read, List<String> places) {
        if (read != null && places.size() < read.remotes().size()) {
            output().say("note: the pool had " + read.remotes().size() + " remotes (" + String.join(", ", under(read))
                    + ") and " + places.size() + " were given: files with bytes on the others cannot be read");
        }
    }

    private static List<String> under(Kit kit) {
        return kit.remotes().stream()
                .map(place -> String.valueOf(place.over() != null ? place.over() : place.name()))
                .toList();
    }
}
