/**
 * The configuration of a pool: which keys exist, where files are searched, reading with messages that name key, value
 * and line, defaults that depend on the machine, and writing for {@code init}.
 *
 * <p>Uses {@code model} only. Everything here is immutable or confined to one call; files are read with the JDK, since
 * they are the user's and not the pool's.
 */
@NullMarked
package io.poolfs.core.config;

import org.jspecify.annotations.NullMarked;
