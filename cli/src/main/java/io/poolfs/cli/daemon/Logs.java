package io.poolfs.cli.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import io.poolfs.core.model.PoolException;
import io.poolfs.core.model.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Sets logback up as a {@link LogPlan} says. Also the provider that keeps logback from searching for files of its own. */
public final class Logs extends ContextAwareBase implements Configurator {
    private static final String TIMED = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %msg%n%ex";
    /** systemd reads a priority between angle brackets in front of a line. */
    private static final String FOR_JOURNALD = "%replace(%replace(%replace(%replace(<%level>){'<ERROR>','<3>'})"
            + "{'<WARN>','<4>'}){'<INFO>','<6>'}){'<DEBUG>|<TRACE>','<7>'}[%thread] %logger{0}: %msg%n%ex";

    private static final String SHORT = "poolfs: %msg%n";
    private static final String FULL_ON_TERMINAL = "poolfs: %-5level %logger{0}: %msg%n%ex";
    private static final FileSize MAX_FILE = new FileSize(16L << 20);
    private static final int KEPT_FILES = 5;

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        setUp(context, Level.WARN);
        toStandardError(context, SHORT);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Replaces what was set up before. CONFIG when the log file cannot be made. */
    public static void apply(LogPlan plan) throws PoolException {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Level level = plan.verbosity() == 0 ? Level.WARN : plan.verbosity() == 1 ? Level.INFO : Level.DEBUG;
        setUp(context, level);
        Path file = plan.file();
        if (file == null) {
            toStandardError(context, plan.journald() ? FOR_JOURNALD : plan.verbosity() == 0 ? SHORT : FULL_ON_TERMINAL);
            return;
        }
        toFile(context, file, null);
        Path errors = plan.errors();
        if (errors != null) {
            toFile(context, errors, Level.ERROR);
        }
    }

    private static void setUp(LoggerContext context, Level level) {
        context.reset();
        context.setPackagingDataEnabled(false);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger("io.poolfs").setLevel(level);
    }

    private static void toStandardError(LoggerContext context, String pattern) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setTarget("System.err");
        add(context, appender, pattern, null);
    }

    private static void toFile(LoggerContext context, Path file, @Nullable Level least) throws PoolException {
        try {
            if (!Files.exists(file)) {
                Files.createDirectories(
                        file.toAbsolutePath().getParent(),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
        } catch (IOException e) {
            throw new PoolException(Reason.CONFIG, "cannot write the log " + file + ": " + e.getMessage(), e);
        }
        RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
        window.setContext(context);
        window.setParent(appender);
        window.setFileNamePattern(file + ".%i");
        window.setMaxIndex(KEPT_FILES);
        window.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(MAX_FILE);
        trigger.start();
        appender.setRollingPolicy(window);
        appender.setTriggeringPolicy(trigger);
        add(context, appender, TIMED, least);
    }

    private static void add(
            LoggerContext context,
            OutputStreamAppender<ILoggingEvent> appender,
            String pattern,
            @Nullable Level least) {
        appender.setContext(context);
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(pattern);
        encoder.start();
        appender.setEncoder(encoder);
        if (least != null) {
            ThresholdFilter filter = new ThresholdFilter();
            filter.setLevel(least.toString());
            filter.start();
            appender.addFilter(filter);
        }
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }
}
