package io.poolfs.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.poolfs.cli.fake.FakeMounter;
import io.poolfs.cli.fake.FakePool;
import io.poolfs.cli.output.Output;
import io.poolfs.cli.service.OpenPool;
import io.poolfs.core.config.PoolConfig;
import io.poolfs.core.config.Surroundings;
import io.poolfs.core.fs.PoolFileSystem;
import io.poolfs.core.model.FileName;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Commands over a pool that they open themselves: one in memory, the same for all of them. */
class CommandsTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path file;
    private FakePool pool;

    @BeforeEach
    void setUp() throws Exception {
        file = directory.resolve("media.yaml");
        Files.writeString(file, "remotes: [\"/a\"]\nstate_dir: " + directory + "/s\ncache_dir: " + directory + "/c\n");
    }

    @Test
    void upload_directoryAndDownload_givesTheSameTree() throws Exception {
        Path source = Files.createDirectories(directory.resolve("src/deep/deeper"))
                .getParent()
                .getParent();
        byte[] large = new byte[9_000_000];
        new Random(1).nextBytes(large);
        Files.write(source.resolve("deep/large"), large);
        Files.writeString(source.resolve("deep/deeper/small"), "small");
        Files.createSymbolicLink(source.resolve("link"), Path.of("deep/large"));
        Files.setLastModifiedTime(source.resolve("deep/large"), FileTime.from(Instant.ofEpochSecond(1234567890, 5)));

        assertThat(run("upload", source.toString(), "/copy", "--no-wait")).isZero();
        Path back = directory.resolve("back");
        assertThat(run("download", "/copy", back.toString())).isZero();

        assertThat(Files.readAllBytes(back.resolve("deep/large"))).isEqualTo(large);
        assertThat(Files.readString(back.resolve("deep/deeper/small"))).isEqualTo("small");
        assertThat(Files.readSymbolicLink(back.resolve("link"))).isEqualTo(Path.of("deep/large"));
        assertThat(Files.getLastModifiedTime(back.resolve("deep/large")).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1234567890, 5));
        assertThat(run("ls", "/copy/deep")).isZero();
        assertThat(out.toString().lines()).containsExactlyInAnyOrder("large", "deeper");
    }

    @Test
    void upload_interrupted_goesOn() throws Exception {
        Path source = directory.resolve("file");
        Files.writeString(source, "0123456789");
        long time = Files.getLastModifiedTime(source).to(TimeUnit.NANOSECONDS);
        assertThat(run("mkdir", "/d")).isZero();
        // What an upload that was stopped after four bytes leaves behind, with other bytes to tell it by.
        Path begun = directory.resolve(".file.poolfs-part");
        Files.writeString(begun, "abcd");
        assertThat(run("upload", begun.toString(), "/d/", "--no-wait")).isZero();
        setSource("/d/.file.poolfs-part", "10 " + time);

        assertThat(run("upload", source.toString(), "/d/", "--no-wait")).isZero();
        assertThat(run("download", "/d/file", directory.resolve("back").toString()))
                .isZero();

        assertThat(Files.readString(directory.resolve("back"))).isEqualTo("abcd456789");
        assertThat(run("ls", "/d")).isZero();
        assertThat(out.toString().strip()).isEqualTo("file");
    }

    @Test
    void namespaceCommands_doWhatTheySay() {
        assertThat(run("mkdir", "-p", "/a/b/c")).isZero();
        assertThat(run("mkdir", "/a")).isEqualTo(ExitCodes.FAILED);
        assertThat(run("mv", "/a/b", "/x")).isZero();
        assertThat(run("ls", "-R", "/")).isZero();
        assertThat(out.toString()).contains("/x:");
        assertThat(run("delete", "/x")).isEqualTo(ExitCodes.FAILED);
        assertThat(err.toString()).contains("/x is not empty; with -r");
        assertThat(run("delete", "-r", "/x")).isZero();
        assertThat(run("delete", "/x")).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(err.toString()).contains("there is no /x in the pool");
        assertThat(run("delete", "-f", "/x")).isZero();
        assertThat(run("mkdir", "/no/d")).isEqualTo(ExitCodes.NOT_FOUND);
        assertThat(err.toString()).contains("there is no /no in the pool; -p makes");
        assertThat(run("mkdir", "x")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("paths in the pool start with /");
    }

    @Test
    void status_asJsonAndForPeople_tellsTheSame() {
        assertThat(run("status", "--json")).isZero();
        assertThat(out.toString())
                .contains("\"state\" : \"open\"", "\"shipped_transaction\" : 7", "\"behind\"", "\"name\" : \"/a\"");
        assertThat(run("status")).isZero();
        assertThat(out.toString()).contains("not mounted", "local only no file", "note: a fake");
        assertThat(run("df")).isZero();
        assertThat(run("du", "--json", "/")).isZero();
        assertThat(out.toString()).contains("\"directories\" : 1");
    }

    @Test
    void fsck_problemsFound_exitsWithDamage() {
        assertThat(run("fsck")).isEqualTo(ExitCodes.DAMAGED);
        assertThat(out.toString()).contains("wrong: chunk 17 is gone");
    }

    @Test
    void help_ofEveryCommand_hasAHeader() {
        CommandLine root = line();
        root.getSubcommands()
                .values()
                .forEach(command -> assertThat(command.getUsageMessage())
                        .as(command.getCommandName())
                        .contains("Usage: poolfs " + command.getCommandName()));
        assertThat(root.getUsageMessage()).contains("Exit status:", "78 ");
        assertThat(run()).isZero();
        assertThat(out.toString()).isEqualTo(root.getUsageMessage());
    }

    @Test
    void help_ofEveryCommand_fitsATerminal() {
        List<CommandLine> commands = new ArrayList<>(List.of(line()));
        for (int i = 0; i < commands.size(); i++) {
            commands.addAll(commands.get(i).getSubcommands().values());
            assertThat(commands.get(i).getUsageMessage().lines()).allMatch(text -> text.length() <= 80);
        }
    }

    @Test
    void unknownCommand_isToldWithWhatIsAlike() {
        assertThat(run("nonsense")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("there is no command nonsense\n");
        assertThat(run("statsu")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("did you mean status");
    }

    @Test
    void unknownOption_isToldShortly() {
        assertThat(run("status", "--bad")).isEqualTo(ExitCodes.USAGE);
        assertThat(err.toString()).contains("--bad", "`poolfs status --help`");
    }

    @Test
    void codes_everyReason_hasOne() {
        for (Reason reason : Reason.values()) {
            assertThat(ExitCodes.texts()).containsKey(Integer.toString(ExitCodes.of(reason)));
        }
    }

    private void setSource(String path, String value) throws PoolException {
        var name = FileName.of(path.substring(path.lastIndexOf('/') + 1));
        var fs = pool.fileSystem();
        long parent = fs.lookup(1, FileName.of("d")).number();
        fs.setXattr(
                null,
                fs.lookup(parent, name).number(),
                "user.upload-source".getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                PoolFileSystem.XattrMode.CREATE_OR_REPLACE);
    }

    private int run(String... words) {
        out.getBuffer().setLength(0);
        String[] all = new String[words.length + 2];
        all[0] = "--pool";
        all[1] = file.toString();
        System.arraycopy(words, 0, all, 2, words.length);
        return line().execute(all);
    }

    private CommandLine line() {
        PrintWriter outWriter = new PrintWriter(out, true);
        PrintWriter errWriter = new PrintWriter(err, true);
        Wiring wiring = new Wiring(
                (config, request, listener) -> shared(config),
                new FakeMounter(),
                Surroundings.ofThisProcess(),
                new Output(outWriter, errWriter));
        return PoolfsCommand.commandLine(wiring).setOut(outWriter).setErr(errWriter);
    }

    private OpenPool shared(PoolConfig config) throws PoolException {
        if (pool == null) {
            pool = new FakePool(config, true);
        }
        return pool;
    }
}
