package io.poolfs.cli.service;

import io.poolfs.core.meta.EntryPath;
import io.poolfs.core.meta.Metadata;
import io.poolfs.core.model.PoolException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The engine's messages name inodes; a person knows paths. */
final class NamedInodes {
    private static final Pattern INODE = Pattern.compile("\\binode (\\d{1,18})\\b");

    private final Metadata metadata;

    NamedInodes(Metadata metadata) {
        this.metadata = metadata;
    }

    /** The message with paths in place of the inodes that have one. */
    String in(String message) {
        return INODE.matcher(message).replaceAll(found -> Matcher.quoteReplacement(name(found)));
    }

    PoolException in(PoolException e) {
        String message = String.valueOf(e.getMessage());
        String named = in(message);
        return named.equals(message) ? e : new PoolException(e.reason(), named, e);
    }

    private String name(MatchResult found) {
        try {
            return metadata.read(reader -> EntryPath.text(reader, Long.parseLong(found.group(1))));
        } catch (PoolException e) {
            return found.group();
        }
    }
}
