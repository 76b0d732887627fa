package io.poolfs.cli.command;

import io.poolfs.core.config.ConfigKey;
import io.poolfs.core.model.PoolfsVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page in roff, from the same texts as {@code --help}. */
public final class ManualPage {
    private final CommandLine root;
    private final StringBuilder page = new StringBuilder();

    public ManualPage(CommandLine root) {
        this.root = root;
    }

    public String text() {
        page.append(".TH POOLFS 1 \"\" \"poolfs ")
                .append(PoolfsVersion.current())
                .append("\" \"User Commands\"\n");
        heading("NAME");
        paragraph("poolfs - one filesystem over several rclone remotes");
        heading("SYNOPSIS");
        page.append(".B poolfs\n[\\fIOPTION\\fR...] \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n");
        heading("DESCRIPTION");
        description(root.getCommandSpec());
        heading("OPTIONS");
        options(root.getCommandSpec(), true);
        heading("COMMANDS");
        for (CommandLine command : visible(root)) {
            command("poolfs", command);
        }
        heading("EXIT STATUS");
        ExitCodes.texts().forEach((code, meaning) -> item("\\fB" + code + "\\fR", meaning));
        heading("CONFIGURATION");
        paragraph("YAML, one file per pool, written by init. Keys and their defaults:");
        for (ConfigKey key : ConfigKey.values()) {
            String fallback = key.defaultText().isEmpty() ? "" : " Default: " + key.defaultText() + ".";
            String when = key.applies() == ConfigKey.Applies.ON_RELOAD ? " Takes effect on reload." : "";
            item(
                    "\\fB" + escaped(key.word()) + "\\fR",
                    key.help() + ". " + capital(key.allowed()) + "." + fallback + when);
        }
        heading("FILES");
        item("~/.config/poolfs/\\fIPOOL\\fR.yaml, /etc/poolfs/\\fIPOOL\\fR.yaml", "configurations");
        item("~/.local/state/poolfs/\\fIPOOL\\fR", "journal, metadata, the daemon's socket and its log");
        item("/dev/shm/poolfs-\\fIUID\\fR/\\fIPOOL\\fR", "cache and stage");
        heading("ENVIRONMENT");
        item("\\fBPOOLFS_POOL\\fR", "the pool, where --pool is not given");
        item("\\fBPOOLFS_JAVA\\fR, \\fBPOOLFS_JAVA_OPTS\\fR", "the Java to use, and more options for it");
        item("\\fBPOOLFS_CRYPT_PASSWORD\\fR, \\fBPOOLFS_CRYPT_SALT\\fR", "for init and attach");
        item("\\fBRCLONE_CONFIG_PASS\\fR", "of an encrypted rclone configuration");
        heading("SEE ALSO");
        page.append(".BR rclone (1),\n.BR fusermount3 (1),\n.BR mount (8)\n");
        return page.toString();
    }

    private void command(String above, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        String name = above + " " + spec.name();
        StringBuilder synopsis = new StringBuilder(name);
        for (OptionSpec option : spec.options()) {
            if (!isCommon(option) && !option.hidden()) {
                synopsis.append(" [").append(words(option)).append(']');
            }
        }
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "..." : "");
            synopsis.append(' ').append(parameter.arity().min() == 0 ? "[" + label + "]" : label);
        }
        page.append(".SS ").append(escaped(name)).append('\n');
        page.append("\\fB").append(escaped(synopsis.toString())).append("\\fR\n.PP\n");
        for (String line : spec.usageMessage().header()) {
            paragraph(line);
        }
        description(spec);
        options(spec, false);
        for (CommandLine below : visible(command)) {
            command(name, below);
        }
    }

    private void description(CommandSpec spec) {
        for (String line : spec.usageMessage().description()) {
            String text = line.replace("%%", "%");
            if (text.startsWith("  ")) {
                page.append(".nf\n").append(escaped(text)).append("\n.fi\n");
            } else if (!text.isBlank()) {
                paragraph(text);
            }
        }
    }

    private void options(CommandSpec spec, boolean common) {
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            item("\\fI" + escaped(parameter.paramLabel()) + "\\fR", String.join(" ", parameter.description()));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden() && (common || !isCommon(option))) {
                String text = String.join(" ", option.description()).replace("%%", "%");
                item("\\fB" + escaped(words(option)) + "\\fR", text.replace("${DEFAULT-VALUE}", fallback(option)));
            }
        }
    }

    private static String fallback(OptionSpec option) {
        return String.valueOf(option.defaultValue());
    }

    /** Told once, for all commands. */
    private static boolean isCommon(OptionSpec option) {
        return option.inherited() || option.usageHelp();
    }

    private static String words(OptionSpec option) {
        String names = String.join(", ", option.names());
        return option.arity().max() > 0 ? names + " " + option.paramLabel() : names;
    }

    private static List<CommandLine> visible(CommandLine above) {
        List<CommandLine> commands = new ArrayList<>();
        for (Map.Entry<String, CommandLine> entry : above.getSubcommands().entrySet()) {
            CommandSpec spec = entry.getValue().getCommandSpec();
            if (!spec.usageMessage().hidden() && entry.getKey().equals(spec.name())) {
                commands.add(entry.getValue());
            }
        }
        return commands;
    }

    private void heading(String text) {
        page.append(".SH ").append(text).append('\n');
    }

    private void paragraph(String text) {
        page.append(".PP\n").append(escaped(text)).append('\n');
    }

    private void item(String tag, String text) {
        page.append(".TP\n").append(tag).append('\n').append(escaped(text)).append('\n');
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + text.substring(1);
    }

    /** What roff would take as its own. */
    private static String escaped(String text) {
        String safe = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("`", "\\(ga")
                .replace("'", "\\(aq");
        return safe.startsWith(".") ? "\\&" + safe : safe;
    }
}
