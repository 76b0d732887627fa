package io.poolfs.cli.command;

import io.poolfs.cli.service.PoolPath;
import io.poolfs.core.config.Quantities;
import io.poolfs.core.model.PoolException;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How command line words become values. */
final class Types {
    private Types() {}

    static final class Path implements ITypeConverter<PoolPath> {
        @Override
        public PoolPath convert(String text) {
            try {
                return PoolPath.of(text);
            } catch (PoolException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return Quantities.time(text)
                    .orElseThrow(() ->
                            new TypeConversionException("\"" + text + "\" is not a time; write 500ms, 30s, 5m or 24h"));
        }
    }
}
