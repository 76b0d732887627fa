package io.poolfs.cli.command;

import io.poolfs.core.model.Reason;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the exit status of {@code poolfs} means. The texts are in {@code --help} and the manual page. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int USAGE = 2;
    public static final int NOT_FOUND = 3;
    public static final int REMOTE = 4;
    public static final int TIMEOUT = 5;
    public static final int BUSY = 6;
    public static final int DAMAGED = 7;
    public static final int NO_SPACE = 8;
    public static final int CONFIG = 78;

    private static final String[] TEXTS = {
        "0:done",
        "1:failed for another reason than those below",
        "2:the command line was not understood",
        "3:the file, remote or pool does not exist",
        "4:a remote could not be used",
        "5:not finished in time; what was staged stays staged",
        "6:in use, or another mount holds the right to write",
        "7:damage or a failed check was found",
        "8:no space",
        "72:no Java 17 or newer was found",
        "78:the configuration is wrong",
    };

    private ExitCodes() {}

    /** Code and meaning, in order, for {@code --help} and the manual page. */
    static Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String text : TEXTS) {
            texts.put(text.substring(0, text.indexOf(':')), text.substring(text.indexOf(':') + 1));
        }
        return texts;
    }

    static int of(Reason reason) {
        return switch (reason) {
            case NOT_FOUND, NO_ATTRIBUTE -> NOT_FOUND;
            case REMOTE_UNAVAILABLE, REMOTE_THROTTLED, REMOTE_DENIED, REMOTE_MISSING, OBJECT_NOT_FOUND, NO_QUORUM ->
                REMOTE;
            case TIMEOUT -> TIMEOUT;
            case BUSY, FENCED -> BUSY;
            case CORRUPT -> DAMAGED;
            case NO_SPACE, REMOTE_FULL -> NO_SPACE;
            case CONFIG -> CONFIG;
            case EXISTS,
                    NOT_DIRECTORY,
                    IS_DIRECTORY,
                    NOT_EMPTY,
                    NAME_TOO_LONG,
                    INVALID,
                    NOT_PERMITTED,
                    ACCESS_DENIED,
                    READ_ONLY,
                    TOO_LARGE,
                    TOO_MANY_LINKS,
                    RESULT_TOO_LARGE,
                    NO_DATA,
                    UNSUPPORTED,
                    STALE,
                    BAD_HANDLE,
                    INTERRUPTED,
                    NEWER_FORMAT,
                    LOCAL_IO,
                    CLOSED,
                    CANCELLED,
                    INTERNAL -> FAILED;
        };
    }
}
